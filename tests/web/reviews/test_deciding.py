"""What a decision may say beyond accept, fix and reject, and how a script sends it."""

from uuid import uuid4

import pytest

from lib.clock import now
from reviews import queue, slots
from reviews.models import ReviewPolicy, ReviewTask, Verdict
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_examples, make_task

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project, client):
    person = make_reviewer(project)
    client.force_login(person)
    return person


@pytest.fixture
def task(project, reviewer):
    make_task(project)
    return queue.claim(project, reviewer, now())


def send(client, task, verdict, headers=None, **changes):
    said = {
        "token": str(task.lease_token),
        "epoch": task.lease_epoch,
        "verdict": verdict,
        "category": "logic",
    }
    address = f"/p/{task.project.slug}/review/{task.pk}/decide"
    return client.post(address, said | changes, headers=headers)


def test_a_reject_may_ask_somebody_else(client, task):
    assert send(client, task, "reject", reason="unclear", then="requeue").status_code == 302
    assert Verdict.objects.get().kind == "requeue"
    assert ReviewTask.objects.filter(state="open").count() == 1


def test_asking_somebody_else_needs_a_reason_too(client, task):
    answer = send(client, task, "reject", then="requeue")
    assert answer.status_code == 422
    assert "Say why" in answer.text


def test_who_is_not_sure_needs_no_category(client, task):
    assert send(client, task, "unsure", category="").status_code == 302
    assert Verdict.objects.get().kind == "unsure"
    assert ReviewTask.objects.get(kind="adjudication").state == "escalated"


def test_tags_are_words_apart_by_commas_each_once(client, task):
    send(client, task, "accept", tags=" #Flaky, needs docs,flaky ,, ")
    assert Verdict.objects.get().tags == ["flaky", "needs docs"]


@pytest.mark.parametrize("tags", [",".join(f"t{n}" for n in range(13)), "x" * 41])
def test_too_many_or_too_long_tags_are_refused_and_kept(client, task, tags):
    answer = send(client, task, "accept", tags=tags)
    assert answer.status_code == 422
    assert tags in answer.text
    assert not Verdict.objects.exists()


def test_nobody_writes_a_record_by_hand(client, task):
    for kind in ("undo", "reopen", "nonsense"):
        assert send(client, task, kind).status_code == 422
    assert not Verdict.objects.exists()


def test_a_script_gets_the_verdict_and_sent_again_the_same_one(client, task):
    key = str(uuid4())
    first = send(client, task, "accept", JSON, key=key)
    assert first.status_code == 200
    assert first.json() == {"verdict": Verdict.objects.get().pk, "kind": "accept", "task": task.pk}
    assert send(client, task, "accept", JSON, key=key).json() == first.json()
    assert Verdict.objects.count() == 1


def test_a_script_is_told_what_is_missing(client, task):
    answer = send(client, task, "reject", JSON)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["reason"]


def test_a_script_is_told_that_the_hold_is_over(client, task):
    answer = send(client, task, "accept", JSON, epoch=task.lease_epoch + 5)
    assert answer.status_code == 409
    assert answer.json()["free"] in (True, False)
    assert answer.json()["problem"]


def test_a_key_of_another_decision_is_refused(client, project, reviewer, task):
    key = str(uuid4())
    send(client, task, "accept", JSON, key=key)
    make_task(project)
    other = queue.claim(project, reviewer, now())
    assert send(client, other, "accept", JSON, key=key).status_code == 409
    assert Verdict.objects.count() == 1


def test_a_decision_that_was_taken_back_is_not_given_again_by_its_key(client, task):
    key = str(uuid4())
    given = send(client, task, "accept", JSON, key=key).json()["verdict"]
    client.post(f"/p/{task.project.slug}/review/undo", {"verdict": given})
    answer = send(client, task, "accept", JSON, key=key)
    assert answer.status_code == 409
    assert "took this decision back" in answer.json()["problem"]
    assert Verdict.objects.filter(kind="accept").count() == 1


def test_the_page_shows_others_verdicts_after_ones_own(client, project, reviewer):
    ReviewPolicy.objects.create(project=project, overlap=2)
    make_examples(project, 1)
    slots.open_tasks(now())
    first = make_reviewer(project)
    task = queue.claim(project, first, now())
    client.force_login(first)
    send(client, task, "reject", reason="trivial", note="Said by the first person.")
    client.force_login(reviewer)
    mine = queue.claim(project, reviewer, now())
    page = f"/p/{project.slug}/review/{mine.pk}/"
    assert "Said by the first person." not in client.get(page).text
    assert send(client, mine, "accept").status_code == 302
    assert "Said by the first person." in client.get(page).text
