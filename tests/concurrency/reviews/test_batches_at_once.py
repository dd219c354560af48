"""People who decide overlapping clusters, and an undo that meets a newer decision."""

import pytest
from django.db import IntegrityError

from curation.categories import by_slug
from curation.models import Decision, Example
from lib.clock import now
from reviews import batches, queue, verdicts
from reviews.batches import NothingToDecide, Said
from reviews.models import Batch, BatchItem, ReviewTask, Verdict
from tests.builders import make_project, make_reviewer
from tests.cluster_builders import make_cluster
from tests.race import Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


def said(project):
    return Said("accept", category=by_slug(project)["logic"])


def decide(project, person, cluster, tasks):
    pks = [task.pk for task in tasks]
    return batches.decide_cluster(project, person, cluster, pks, said(project), now())


def two_meet(project, monkeypatch):
    """One decides a cluster and is held once its slots are leased; another decides it then."""
    cluster, tasks = make_cluster(project, 6)
    one, two = make_reviewer(project), make_reviewer(project)
    gate = Gate()
    give = verdicts.accept
    monkeypatch.setitem(batches.VERBS, "accept", gate.before(give))
    first = Run(decide, project, one, cluster, tasks[:4])
    gate.wait_until_reached()
    monkeypatch.setitem(batches.VERBS, "accept", give)
    second = Run(decide, project, two, cluster, tasks[2:])
    is_quick = second.done_within(5)
    gate.open()
    return first.result(), second.result(), is_quick


def test_who_comes_second_gets_what_is_left_and_does_not_wait(monkeypatch):
    first, second, is_quick = two_meet(make_project(), monkeypatch)
    assert is_quick
    assert batches.counts_of(first)["decided"] == 4
    found = dict(second.items.order_by("task").values_list("task", "outcome"))
    assert list(found.values()) == ["left_out", "left_out", "decided", "decided"]
    assert Verdict.objects.count() == 6
    assert Decision.objects.count() == 6


def test_without_the_lock_both_would_have_the_same_slots(monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""

    def unlocked(project, reviewer, tasks, moment):
        found = list(ReviewTask.objects.filter(pk__in=tasks, state="open").order_by("example"))
        for task in found:
            for name, value in queue.fresh_lease(task, reviewer, moment).items():
                setattr(task, name, value)
            task.state = "leased"
        seen.append({task.pk for task in found})
        return found

    seen = []
    monkeypatch.setattr(queue, "claim_these", unlocked)
    monkeypatch.setattr(verdicts, "held", lambda task, lease, moment: ReviewTask.objects.all())
    two_meet(make_project(), monkeypatch)
    assert seen[0] & seen[1]


def test_many_people_at_once_decide_every_slot_once(monkeypatch):
    project = make_project()
    cluster, tasks = make_cluster(project, 10)
    people = [make_reviewer(project) for _ in range(4)]
    ordered = [tasks, tasks[::-1], tasks[3:], tasks[:7]]
    found = together(
        *(
            lambda person=person, mine=mine: decide(project, person, cluster, mine)
            for person, mine in zip(people, ordered, strict=True)
        )
    )
    assert all(isinstance(each, Batch | NothingToDecide) for each in found)
    assert Verdict.objects.count() == 10
    assert Decision.objects.count() == 10
    assert BatchItem.objects.filter(outcome="decided").count() == 10
    assert set(Example.objects.values_list("state", flat=True)) == {"accepted"}


def undo_meets(project, monkeypatch):
    """A batch is being undone, held before its second verdict, which is given anew meanwhile."""
    cluster, tasks = make_cluster(project, 3)
    person = make_reviewer(project)
    batch = decide(project, person, cluster, tasks)
    one = batch.items.order_by("id")[1].verdict
    gate, calls = Gate(), []
    take_back = verdicts.undo

    def gated(verdict, by, moment):
        calls.append(verdict)
        call = gate.before(take_back) if verdict == one else take_back
        return call(verdict, by, moment)

    monkeypatch.setattr(batches.verdicts, "undo", gated)
    undoing = Run(batches.undo, batch, now())
    gate.wait_until_reached()
    again = take_back(one, person, now())
    verdicts.reject(again, queue.lease_of(again), now(), reason="wrong")
    gate.open()
    return batch, tasks[1].example, undoing.result()


def test_an_undo_leaves_a_newer_decision_alone_and_says_so(monkeypatch):
    batch, example, failed = undo_meets(make_project(), monkeypatch)
    assert failed is None
    rows = batch.items.order_by("id").values_list("outcome", flat=True)
    assert list(rows) == ["undone", "kept", "undone"]
    assert Example.objects.get(pk=example.pk).state == "rejected"
    assert Decision.objects.filter(example=example).order_by("-id").first().outcome == "rejected"


def test_without_the_fence_it_would_try_to_take_the_newer_decision_back(monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    fenced = verdicts.move

    def unfenced(row, to, moves, *, rows=None, **changes):
        rows = None if changes.get("decided_by", "") is None else rows
        return fenced(row, to, moves, rows=rows, **changes)

    monkeypatch.setattr(verdicts, "move", unfenced)
    _, _, failed = undo_meets(make_project(), monkeypatch)
    assert isinstance(failed, IntegrityError)  # one verdict undone twice: all of it fails


def test_two_undos_of_one_batch_take_each_verdict_back_once():
    project = make_project()
    cluster, tasks = make_cluster(project, 4)
    batch = decide(project, make_reviewer(project), cluster, tasks)
    together(*[lambda: batches.undo(Batch.objects.get(pk=batch.pk), now())] * 3)
    assert Verdict.objects.filter(kind="undo").count() == 4
    assert Decision.objects.filter(outcome="withdrawn").count() == 4
    assert set(ReviewTask.objects.values_list("state", flat=True)) == {"open"}
