"""What is typed before a decision: kept for its person, gone with the decision; and its check."""

from datetime import timedelta

import pytest

from lib.clock import now
from reviews import drafts, queue, verdicts
from reviews.models import Draft
from tests.builders import make_lead, make_person, make_project, make_reviewer
from tests.reviews_builders import IDEAL, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(client, project):
    person = make_reviewer(project)
    client.force_login(person)
    return person


def at(project, task, act):
    return f"/p/{project.slug}/review/{task.pk}/{act}"


@pytest.mark.parametrize("act", ["draft", "check"])
def test_nobody_outsider_and_reader_may_not(client, project, act):
    address = at(project, make_task(project), act)
    assert client.post(address).status_code == 302
    for person, status in (
        (make_reviewer(make_project()), 404),
        (make_person(project, "developer"), 403),
        (make_lead(project), 403),
    ):
        client.force_login(person)
        assert client.post(address, {"note": "x"}).status_code == status
    client.force_login(make_reviewer(project))
    assert client.get(address).status_code == 405
    other = make_task(make_project())
    assert client.post(at(project, other, act)).status_code == 404


def test_what_is_typed_comes_back_and_only_to_its_person(client, project, reviewer):
    task = make_task(project)
    queue.claim(project, reviewer, now())
    typed = {"note": "half <a> thought", "code": IDEAL + "# mine", "other": "never kept"}
    assert client.post(at(project, task, "draft"), typed).status_code == 204
    assert drafts.kept(task, reviewer) == {"note": typed["note"], "code": typed["code"]}
    page = client.get(at(project, task, "")).text
    assert "half \\u003Ca\\u003E thought" in page or "half &lt;a&gt; thought" in page
    client.force_login(make_reviewer(project))
    assert "half" not in client.get(at(project, task, "")).text


def test_taking_back_every_word_keeps_nothing(client, project, reviewer):
    task = make_task(project)
    client.post(at(project, task, "draft"), {"note": "x"})
    client.post(at(project, task, "draft"), {})
    assert not Draft.objects.exists()


def test_a_decision_ends_the_draft_and_one_that_comes_late_is_refused(client, project, reviewer):
    task = make_task(project)
    held = queue.claim(project, reviewer, now())
    sent = {"note": "x", "epoch": held.lease_epoch}
    client.post(at(project, task, "draft"), sent)
    verdict = verdicts.skip(task, queue.lease_of(held), now())
    assert not Draft.objects.exists()
    assert client.post(at(project, task, "draft"), sent).status_code == 409
    assert not Draft.objects.exists()
    again = verdicts.undo(verdict, reviewer, now())
    sent["epoch"] = again.lease_epoch
    assert client.post(at(project, task, "draft"), sent).status_code == 204


def test_a_lost_hold_is_no_reason_to_lose_words(client, project, reviewer):
    task = make_task(project)
    held = queue.claim(project, reviewer, now())
    queue.sweep(now() + queue.LEASE)
    answer = client.post(at(project, task, "draft"), {"note": "x", "epoch": held.lease_epoch})
    assert answer.status_code == 204


def test_old_drafts_are_dropped(project, reviewer):
    task = make_task(project)
    drafts.keep(task, reviewer, {"note": "x"}, None, now())
    assert drafts.drop_old(now()) == 0
    assert drafts.drop_old(now() + drafts.KEPT_FOR + timedelta(minutes=1)) == 1


def test_of_many_or_long_drafts_the_oldest_go_first(project, reviewer, monkeypatch):
    tasks = [make_task(project) for _ in range(4)]
    other = make_reviewer(project)
    drafts.keep(tasks[0], other, {"note": "theirs"}, None, now())

    def kept():
        return list(
            Draft.objects.filter(person=reviewer).order_by("at").values_list("task", flat=True)
        )

    monkeypatch.setattr(drafts, "MOST", 3)
    for n, task in enumerate(tasks):
        drafts.keep(task, reviewer, {"note": "x"}, None, now() + timedelta(seconds=n))
    assert kept() == [task.pk for task in tasks[1:]]
    monkeypatch.setattr(drafts, "MOST_BYTES", 300)
    long = {"note": "".join(map(str, range(400)))}
    drafts.keep(tasks[1], reviewer, long, None, now() + timedelta(seconds=9))
    assert kept() == [tasks[1].pk]
    assert Draft.objects.filter(person=other).exists()


def test_the_check_answers_in_json_and_changes_nothing(client, project, reviewer):
    task = make_task(project)
    found = client.post(at(project, task, "check"), {"code": "def f(:\r\n"}).json()
    assert found["parses"] is False
    assert found["error"]["line"] == 1
    assert not Draft.objects.exists()
