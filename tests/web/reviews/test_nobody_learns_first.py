"""Before deciding, nobody learns what others said, what the judge said, or what only measures."""

import re

import pytest
from django.urls import reverse

from curation.categories import by_slug
from curation.models import Example, Vote
from lib.clock import now
from reviews import queue, slots, verdicts
from reviews.models import ReviewPolicy, ReviewTask
from reviews.queue import lease_of
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.data.reviews.test_probes import GOLD, make_gold, say
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def project():
    made = make_project()
    ReviewPolicy.objects.create(project=made, gold_share=500, again_share=499)
    return made


@pytest.fixture
def measured(project):
    """A reviewer and the gold slot in their hands."""
    make_gold(project, answer="reject")
    person = make_reviewer(project)
    return person, queue.claim(project, person, now(), dice=GOLD)


def at(project, name, *args):
    return reverse(f"reviews:{name}", args=[project.slug, *args])


def sent(task, verdict):
    lease = lease_of(task)
    return {"token": str(lease.token), "epoch": lease.epoch, "verdict": verdict}


def test_the_page_of_what_measures_does_not_say_whom_it_was_opened_for(client, project, measured):
    person, task = measured
    client.force_login(person)
    assert "Assigned to" not in client.get(at(project, "task", task.pk)).text


@pytest.mark.parametrize("tab", ["held", "snoozed"])
def test_whom_it_was_opened_for_cannot_be_filtered_by(client, project, measured, tab):
    person, task = measured
    if tab == "snoozed":
        verdicts.snooze(task, lease_of(task), now(), until=now())
    client.force_login(person)
    assert task.file_path in client.get(f"{at(project, 'queue')}?tab={tab}").text
    mine = client.get(f"{at(project, 'queue')}?tab={tab}&assigned=me").text
    nobody = client.get(f"{at(project, 'queue')}?tab={tab}&assigned=nobody").text
    row = f"{at(project, 'queue')}{task.pk}/"
    assert (row in mine, row in nobody) == (False, True)


def test_somebody_else_s_is_not_among_the_snoozed(client, project, measured):
    _, task = measured
    verdicts.snooze(task, lease_of(task), now(), until=now())
    client.force_login(make_curator(project))
    answer = client.get(f"{at(project, 'queue')}?tab=snoozed").text
    assert f"{at(project, 'queue')}{task.pk}/" not in answer


@pytest.mark.parametrize("put_off", ["skip", "pass", "snooze"])
def test_who_puts_it_off_is_told_nothing_and_may_take_that_back(client, project, measured, put_off):
    person, task = measured
    client.force_login(person)
    answer = client.post(at(project, "decide", task.pk), sent(task, put_off), headers=JSON)
    assert "learnt" not in answer.json()
    number = answer.json()["verdict"]
    page = client.get(f"{at(project, 'queue')}?done={number}").text
    assert "known answer" not in page
    assert re.search(rf'name="verdict" value="{number}"', page)
    undone = client.post(at(project, "undo"), {"verdict": number})
    assert undone.url.startswith(at(project, "task", task.pk))
    assert ReviewTask.objects.get(pk=task.pk).leased_to == person


@pytest.mark.parametrize("page", ["history", "context", "tests", "task"])
def test_somebody_else_s_has_no_pages(client, project, measured, page):
    _, task = measured
    client.force_login(make_curator(project))
    assert client.get(at(project, page, task.pk)).status_code == 404


def test_the_history_of_an_item_is_silent_about_what_measured_others(client, project, measured):
    person, task = measured
    say(task, person, "accept")
    plain = ReviewTask.objects.get(example=task.example_id, kind=ReviewTask.Kind.PLAIN)
    client.force_login(make_curator(project))
    assert person.username not in client.get(at(project, "history", plain.pk)).text
    client.force_login(person)
    assert person.username in client.get(at(project, "history", plain.pk)).text


def test_what_surrounds_others_does_not_give_the_answer_away(client, project, measured):
    person, _ = measured
    near = make_task(project)
    client.force_login(person)
    assert "accepted as" not in client.get(at(project, "context", near.pk)).text
    client.force_login(make_person(project, "project_admin"))
    assert "accepted as" in client.get(at(project, "context", near.pk)).text


@pytest.mark.parametrize("role", ["reviewer", "governance_lead"])
def test_where_an_example_comes_from_hides_the_judge_from_who_may_review_it(client, project, role):
    example = make_task(project).example
    named = by_slug(project)["logic"]
    Vote.objects.create(example=example, labeler="judge", category=named, reason="It loops.")
    client.force_login(make_person(project, role))
    page = client.get(reverse("curation:example", args=[project.slug, example.pk])).text
    assert ("It loops." in page or "judge" in page) == (role == "governance_lead")


def test_the_suggestion_before_a_decision_is_what_it_would_be_without_the_judge(client, project):
    """Its vote counts nowhere: the item, the queue, and what a withdrawn decision leaves."""
    person, curator = make_reviewer(project), make_curator(project)
    ReviewPolicy.objects.update(gold_share=0, again_share=0)
    task = make_task(project, voted=False)
    for labeler, slug in (("shape", "style"), ("judge", "performance")):
        Vote.objects.create(example=task.example, labeler=labeler, category=by_slug(project)[slug])
    decided = say(queue.claim_task(task, curator, now()), curator)
    verdicts.undo(decided, curator, now())  # the label is what the votes say again
    queue.release(task, lease_of(ReviewTask.objects.get(pk=task.pk)), now())
    example = Example.objects.get(pk=task.example_id)
    assert (example.category.slug, example.probability) == ("style", 0.9231)
    slots.close(ReviewTask.objects.filter(pk=task.pk))
    slots.add(example, ReviewTask.Kind.PLAIN, now())
    client.force_login(person)
    mine = queue.claim(project, person, now())
    page = client.get(at(project, "task", mine.pk)).text
    assert "1 of 1 voted" in page
    assert ">judge<" not in page
    chosen = re.search(r'name="category" value="(\w+)" checked', page)
    assert (chosen[1], mine.category.slug, mine.certainty) == ("style", "style", 92)
