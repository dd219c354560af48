from datetime import timedelta

import pytest

from curation.models import Decision, Example
from feedback.models import Blob
from lib.clock import now
from reviews import queue, verdicts
from reviews.models import ReviewTask, Verdict
from reviews.queue import LEASE, LeaseLost, lease_of
from reviews.verdicts import TooLate
from tests.builders import make_curator, make_project, make_reviewer
from tests.reviews_builders import IDEAL, make_task, make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimed():
    project = make_project()
    make_task(project)
    return queue.claim(project, make_reviewer(project), now())


def give(kind, task, lease, moment=None):
    """One verdict of each kind, with what it needs."""
    logic = task.project.categories.get(slug="logic")
    more = {
        "accept": {"category": logic, "severity": "low"},
        "fix": {"category": logic, "code": "return 1\n"},
        "reject": {"reason": "wrong"},
        "escalate": {},
        "skip": {},
    }
    verb = getattr(verdicts, kind)
    return verb(task, lease, moment or now(), note="because", **more[kind])


KINDS = ("accept", "fix", "reject", "escalate", "skip")
ENDS = {
    "accept": ("decided", "accepted"),
    "fix": ("decided", "accepted"),
    "reject": ("decided", "rejected"),
    "escalate": ("escalated", "labelled"),
    "skip": ("open", "labelled"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_verdict_moves_the_slot_and_the_example_and_leaves_a_row(claimed, kind):
    lease, moment = lease_of(claimed), now()
    verdict = give(kind, claimed, lease, moment)
    task = ReviewTask.objects.select_related("example").get(pk=claimed.pk)
    assert (task.state, task.example.state) == ENDS[kind]
    assert (verdict.kind, verdict.reviewer, verdict.note) == (kind, lease.holder, "because")
    assert verdict.at == moment
    assert verdict.held_ms >= 0
    assert (verdict.decision is not None) == (kind in ("accept", "fix", "reject"))


def test_accepting_decides_category_severity_and_the_developers_code(claimed):
    verdict = give("accept", claimed, lease_of(claimed))
    decision = Decision.objects.get()
    assert (decision.category.slug, decision.severity) == ("logic", "low")
    assert decision.ideal.text == IDEAL
    assert verdict.decision == decision


def test_a_fix_is_the_code_to_learn_and_the_correction_stays(claimed):
    verdict = give("fix", claimed, lease_of(claimed))
    example = Example.objects.select_related("ideal", "correction__corrected").get()
    assert verdict.fixed.text == Decision.objects.get().ideal.text == "return 1\n"
    assert example.ideal.text == example.correction.corrected.text == IDEAL


@pytest.mark.parametrize("kind", KINDS)
def test_a_late_verdict_changes_nothing(claimed, kind):
    with pytest.raises(LeaseLost):
        give(kind, claimed, lease_of(claimed), now() + LEASE)
    task = ReviewTask.objects.select_related("example").get(pk=claimed.pk)
    assert (task.state, task.example.state) == ("leased", "labelled")
    assert not Verdict.objects.exists()
    assert not Decision.objects.exists()
    assert not Blob.objects.filter(text="return 1\n").exists()


def test_a_verdict_of_an_earlier_lease_changes_nothing(claimed):
    before = lease_of(claimed)
    queue.release(claimed, before, now())
    other = queue.claim(claimed.project, make_reviewer(claimed.project), now())
    with pytest.raises(LeaseLost):
        give("accept", ReviewTask.objects.get(pk=claimed.pk), before)
    assert ReviewTask.objects.get(pk=claimed.pk).leased_to == other.leased_to


@pytest.mark.parametrize("kind", KINDS)
def test_sent_twice_it_counts_once(claimed, kind):
    lease = lease_of(claimed)
    first = give(kind, claimed, lease)
    second = give(kind, ReviewTask.objects.get(pk=claimed.pk), lease)
    assert second == first
    assert Verdict.objects.count() == 1


def test_two_different_verdicts_of_one_lease_do_not_both_count(claimed):
    lease = lease_of(claimed)
    give("accept", claimed, lease)
    with pytest.raises(LeaseLost):
        give("reject", ReviewTask.objects.get(pk=claimed.pk), lease)


@pytest.mark.parametrize("kind", KINDS)
def test_undoing_returns_the_slot_under_a_fresh_lease(claimed, kind):
    lease = lease_of(claimed)
    verdict = give(kind, claimed, lease)
    task = verdicts.undo(verdict, lease.holder, now())
    stored = ReviewTask.objects.select_related("example").get(pk=task.pk)
    assert (stored.state, stored.leased_to, stored.is_escalated) == ("leased", lease.holder, False)
    assert stored.lease_epoch == lease.epoch + 1
    assert stored.example.state == "labelled"
    assert [each.kind for each in Verdict.objects.order_by("id")] == [kind, "undo"]
    again = give("reject", stored, lease_of(stored))
    assert again.kind == "reject"


def test_undoing_restores_what_the_votes_said(claimed):
    example = claimed.example
    verdict = give("accept", claimed, lease_of(claimed))
    verdicts.undo(verdict, verdict.reviewer, now())
    example.refresh_from_db()
    assert example.probability < 1
    outcomes = list(example.decisions.order_by("id").values_list("outcome", flat=True))
    assert outcomes == ["accepted", "withdrawn"]


def test_undone_once_it_cannot_be_undone_again(claimed):
    verdict = give("accept", claimed, lease_of(claimed))
    verdicts.undo(verdict, verdict.reviewer, now())
    with pytest.raises(TooLate):
        verdicts.undo(verdict, verdict.reviewer, now())


def test_a_repeated_submit_of_an_undone_verdict_does_not_bring_it_back(claimed):
    lease = lease_of(claimed)
    verdict = give("accept", claimed, lease)
    verdicts.undo(verdict, lease.holder, now())
    with pytest.raises(LeaseLost):
        give("accept", ReviewTask.objects.get(pk=claimed.pk), lease)


def test_what_somebody_else_has_taken_up_cannot_be_undone(claimed):
    verdict = give("skip", claimed, lease_of(claimed))
    queue.claim(claimed.project, make_reviewer(claimed.project), now())
    with pytest.raises(TooLate):
        verdicts.undo(verdict, verdict.reviewer, now())


def test_nobody_undoes_for_somebody_else(claimed):
    verdict = give("accept", claimed, lease_of(claimed))
    with pytest.raises(TooLate):
        verdicts.undo(verdict, make_reviewer(claimed.project), now())


def test_a_curator_decides_what_was_escalated_and_may_undo_it(claimed):
    give("escalate", claimed, lease_of(claimed))
    curator = make_curator(claimed.project)
    escalated = ReviewTask.objects.get(pk=claimed.pk)
    task = queue.claim_task(escalated, curator, now(), curates=True)
    verdict = give("accept", task, lease_of(task))
    task = verdicts.undo(verdict, curator, now())
    assert task.is_escalated
    give("skip", task, lease_of(task))
    assert ReviewTask.objects.get(pk=task.pk).state == "escalated"


def test_the_time_a_slot_was_held_is_from_claim_to_decision():
    project, moment = make_project(), now()
    make_tasks(project, 1)
    task = queue.claim(project, make_reviewer(project), moment)
    queue.heartbeat(task, lease_of(task), moment + timedelta(minutes=8))
    verdict = give("accept", task, lease_of(task), moment + timedelta(minutes=12))
    assert verdict.held_ms == 12 * 60 * 1000
