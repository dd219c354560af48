"""Where a curator settles a dispute: who chose what, and nobody sees it too early."""

from datetime import timedelta

import pytest
from django.urls import reverse

from curation.models import Example
from governance.models import Role
from lib.clock import now
from reviews import queue, slots, verdicts
from reviews.models import ReviewPolicy, ReviewTask, Verdict
from reviews.queue import lease_of
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.reviews_builders import IDEAL, make_examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    made = make_project()
    ReviewPolicy.objects.create(project=made, overlap=2, gold_share=0, again_share=0)
    return made


def at(project, name, *args):
    return reverse(f"reviews:{name}", args=[project.slug, *args])


def say(project, person, verb, after=timedelta(seconds=40), **said):
    task = queue.claim(project, person, now() - after)
    task = ReviewTask.objects.select_related("example__ideal", "project").get(pk=task.pk)
    if "category" in said:
        said["category"] = project.categories.get(slug=said["category"])
    return getattr(verdicts, verb)(task, lease_of(task), now(), **said)


def dispute(project, second="reject", **said):
    """One says accept as logic; the other something else."""
    make_examples(project, 1)
    slots.open_tasks(now() - timedelta(hours=1))
    one, other = make_reviewer(project), make_reviewer(project)
    say(project, one, "accept", category="logic", note="Off by one.")
    said = said or {"reason": "trivial", "after": timedelta(seconds=1)}
    say(project, other, second, **said)
    return one, other, ReviewTask.objects.get(kind=ReviewTask.Kind.ADJUDICATION)


def hold(task):
    task.refresh_from_db()
    return {"token": str(task.lease_token), "epoch": task.lease_epoch}


@pytest.mark.parametrize(
    ("method", "name"), [("get", "adjudicate"), ("post", "take-dispute"), ("post", "adopt")]
)
def test_the_ladder(client, project, method, name):
    _, _, task = dispute(project)
    path = at(project, name, task.pk)
    assert getattr(client, method)(path).url.startswith("/accounts/login/")
    client.force_login(make_curator(make_project()))
    assert getattr(client, method)(path).status_code == 404
    client.force_login(make_person(project, Role.DEVELOPER))
    assert getattr(client, method)(path).status_code == 403
    client.force_login(make_reviewer(project))
    assert getattr(client, method)(path).status_code == 403
    client.force_login(make_curator(project))
    assert getattr(client, method)(path).status_code in (200, 302)


def test_it_shows_who_chose_what_and_who_hardly_looked(client, project):
    one, other, task = dispute(project)
    client.force_login(make_curator(project))
    page = client.get(at(project, "adjudicate", task.pk)).text
    assert "Accept the correction as Logic" in page
    assert "Off by one." in page
    for person in (one, other):
        assert person.username in page
    assert page.count("Under 2 s") == 1
    assert "Take it to decide" in page
    assert "Adopt" not in page.replace("Adopt one of", "")


def test_the_escalated_tab_leads_here(client, project):
    _, _, task = dispute(project)
    client.force_login(make_curator(project))
    tab = at(project, "queue") + "?tab=escalated"
    assert at(project, "adjudicate", task.pk) in client.get(tab).text
    client.force_login(make_reviewer(project))
    assert "adjudicate" not in client.get(tab).text


def test_one_click_adopts_and_decides_the_example(client, project):
    one, _, task = dispute(project)
    curator = make_curator(project)
    client.force_login(curator)
    client.post(at(project, "take-dispute", task.pk))
    page = client.get(at(project, "adjudicate", task.pk)).text
    chosen = Verdict.objects.get(reviewer=one)
    assert f"Adopt {one.username}" in page
    answer = client.post(
        at(project, "adopt", task.pk), hold(task) | {"verdict": chosen.pk, "note": "Agreed."}
    )
    last = Verdict.objects.latest("pk")
    assert answer.url.endswith(f"?tab=escalated&done={last.pk}")
    assert (last.reviewer, last.kind, last.category) == (curator, "accept", chosen.category)
    assert Example.objects.get().state == "accepted"


def test_a_fix_is_shown_as_a_change_and_adopted_with_its_code(client, project):
    code = IDEAL.replace("source.read()", "source.read().strip()")
    _, other, task = dispute(project, "fix", category="logic", code=code)
    client.force_login(make_curator(project))
    client.post(at(project, "take-dispute", task.pk))
    page = client.get(at(project, "adjudicate", task.pk)).text
    assert "Accept this fix as Logic" in page
    assert 'class="diff"' in page
    chosen = Verdict.objects.get(reviewer=other)
    client.post(at(project, "adopt", task.pk), hold(task) | {"verdict": chosen.pk})
    assert Verdict.objects.latest("pk").fixed == chosen.fixed


def test_who_reviewed_it_does_not_settle_it(client, project):
    make_examples(project, 1)
    slots.open_tasks(now() - timedelta(hours=1))
    curator = make_curator(project)
    say(project, curator, "accept", category="logic")
    say(project, make_reviewer(project), "reject", reason="trivial")
    task = ReviewTask.objects.get(kind=ReviewTask.Kind.ADJUDICATION)
    client.force_login(curator)
    page = client.get(at(project, "adjudicate", task.pk)).text
    assert "another curator has to settle it" in page
    assert "Take it to decide" not in page
    client.post(at(project, "take-dispute", task.pk))
    task.refresh_from_db()
    assert task.leased_to is None


@pytest.mark.parametrize("verdict", ["999999", "", "x"])
def test_a_word_that_is_not_there_cannot_be_adopted(client, project, verdict):
    _, _, task = dispute(project)
    client.force_login(make_curator(project))
    client.post(at(project, "take-dispute", task.pk))
    client.post(at(project, "adopt", task.pk), hold(task) | {"verdict": verdict})
    assert Example.objects.get().state == "labelled"


def test_without_the_hold_nothing_is_adopted(client, project):
    one, _, task = dispute(project)
    client.force_login(make_curator(project))
    said = {"verdict": Verdict.objects.get(reviewer=one).pk}
    for lease in ({}, {"token": "0" * 32, "epoch": 1}):
        client.post(at(project, "adopt", task.pk), said | lease)
    assert Example.objects.get().state == "labelled"


def test_an_undisputed_item_is_read_as_ever(client, project):
    make_examples(project, 1)
    slots.open_tasks(now() - timedelta(hours=1))
    say(project, make_reviewer(project), "accept", category="logic")
    waiting = ReviewTask.objects.get(state="open")
    client.force_login(make_curator(project))
    answer = client.get(at(project, "adjudicate", waiting.pk))
    assert answer.url == at(project, "task", waiting.pk)
    assert "Off by one" not in client.get(answer.url).text


def test_by_others_words_nobody_decides_a_slot_of_their_own(client, project):
    """A curator who reviews as everybody does has not seen them, and must not act on them."""
    ReviewPolicy.objects.update_or_create(project=project, defaults={"overlap": 2})
    example = make_examples(project, 1)[0]
    slots.open_tasks(now())
    word = say(project, make_reviewer(project), "reject", reason="trivial")
    curator = make_curator(project)
    mine = queue.claim(project, curator, now())
    assert mine.example_id == example.pk
    client.force_login(curator)
    client.post(at(project, "adopt", mine.pk), hold(mine) | {"verdict": word.pk})
    assert not Verdict.objects.filter(reviewer=curator).exists()
    mine.refresh_from_db()
    assert mine.state == ReviewTask.State.LEASED
