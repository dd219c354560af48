"""Verdicts undone and decisions opened again, and what follows from either."""

from datetime import timedelta

import pytest

from curation.categories import by_slug
from curation.models import Decision
from lib.clock import now
from reviews import queue, verdicts
from reviews.models import ReviewRule, ReviewTask, Verdict
from tests.builders import make_curator, make_project, make_reviewer
from tests.settling import State, adjudicate, disputes, opened, say, state_of

pytestmark = pytest.mark.django_db


def test_an_undone_verdict_takes_the_decision_back():
    project = make_project()
    example = opened(project, overlap=2)
    one, other = make_reviewer(project), make_reviewer(project)
    first = say(project, one)
    say(project, other)
    task = verdicts.undo(first, one, now())
    assert state_of(example) == "labelled"
    say(project, one, task=task)
    assert state_of(example) == "accepted"
    assert [each.outcome for each in Decision.objects.order_by("id")] == [
        "accepted",
        "withdrawn",
        "accepted",
    ]


def test_an_undone_verdict_calls_the_dispute_off_unless_a_curator_is_at_it():
    project = make_project()
    example = opened(project, overlap=2)
    one, other, curator = make_reviewer(project), make_reviewer(project), make_curator(project)
    say(project, one)
    verdict = say(project, other, "reject", reason="wrong")
    task = verdicts.undo(verdict, other, now())
    assert disputes(example).get().state == State.CLOSED
    verdict = say(project, other, "reject", task, reason="wrong")
    dispute = disputes(example).get(state="escalated")
    queue.claim_task(dispute, curator, now(), curates=True)
    with pytest.raises(verdicts.TooLate):
        verdicts.undo(verdict, other, now())
    assert ReviewTask.objects.get(pk=verdict.task_id).state == State.DECIDED


def test_a_decision_is_opened_again_by_a_curator():
    project = make_project()
    example = opened(project)
    curator = make_curator(project)
    say(project, make_reviewer(project))
    record = verdicts.reopen(example, curator, now(), note="The code leaks.")
    assert (record.kind, record.decision.outcome) == ("reopen", "withdrawn")
    assert state_of(example) == "labelled"
    with pytest.raises(verdicts.TooLate):
        verdicts.reopen(example, curator, now())
    adjudicate(project, example, curator, "reject", reason="wrong")
    assert state_of(example) == "rejected"


def test_undoing_the_first_of_two_closes_the_slot_it_had_opened():
    project = make_project()
    ReviewRule.objects.create(project=project, category=by_slug(project)["security"])
    example = opened(project, category=by_slug(project)["style"])
    one = make_reviewer(project)
    verdict = say(project, one, category="security")
    task = verdicts.undo(verdict, one, now())
    assert [each.state for each in example.review_tasks.order_by("slot")] == ["leased", "closed"]
    say(project, one, task=task, category="style")
    assert state_of(example) == "accepted"


@pytest.mark.parametrize("overlap", [1, 2])
def test_a_reviewer_cannot_undo_past_the_curator_who_opened_it_again(overlap):
    project = make_project()
    example = opened(project, overlap=overlap)
    given = [say(project, make_reviewer(project)) for _ in range(overlap)]
    slow_clock = now() - timedelta(minutes=1)
    verdicts.reopen(example, make_curator(project), slow_clock)
    with pytest.raises(verdicts.TooLate):
        verdicts.undo(given[-1], given[-1].reviewer, now())
    assert disputes(example).get().state == State.ESCALATED
    assert Verdict.objects.filter(kind="undo").count() == 0


def test_a_ruling_cannot_be_undone_past_the_curator_who_opened_it_again():
    project = make_project()
    example = opened(project, overlap=2)
    say(project, make_reviewer(project), category="logic")
    say(project, make_reviewer(project), category="security")
    ruling = adjudicate(project, example, make_curator(project), category="logic")
    verdicts.reopen(example, make_curator(project), now())
    with pytest.raises(verdicts.TooLate):
        verdicts.undo(ruling, ruling.reviewer, now())
    assert state_of(example) == "labelled"
