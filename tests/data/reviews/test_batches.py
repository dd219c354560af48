import pytest

from curation.categories import by_slug
from curation.models import Decision, Example
from lib.clock import now
from lib.transitions import MoveRefused
from reviews import batches, queue, verdicts
from reviews.batches import NothingToDecide, Said
from reviews.filters import Filters
from reviews.models import Batch, BatchItem, ReviewPolicy, ReviewTask, Verdict
from reviews.tasks import run_batch, sweep_batches
from tests.builders import make_curator, make_project, make_reviewer
from tests.cluster_builders import make_cluster
from tests.reviews_builders import later, make_task, make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def person(project):
    return make_reviewer(project)


def accepted(project):
    return Said("accept", category=by_slug(project)["logic"], severity="high", note="All alike.")


def decide(project, person, cluster, tasks, said=None):
    pks = [task.pk for task in tasks]
    said = said or accepted(project)
    return batches.decide_cluster(project, person, cluster, pks, said, now())


def outcomes(batch):
    rows = batch.items.order_by("task").values_list("outcome", "why")
    return [f"{outcome} {why}".strip() for outcome, why in rows]


def states(tasks):
    return [ReviewTask.objects.get(pk=task.pk).state for task in tasks]


# One decision for a cluster


def test_one_decision_is_a_verdict_and_a_decision_for_each(project, person):
    cluster, tasks = make_cluster(project)
    batch = decide(project, person, cluster, tasks)
    assert batch.state == Batch.State.DONE
    assert outcomes(batch) == ["decided"] * 3
    assert states(tasks) == ["decided"] * 3
    given = Verdict.objects.order_by("task")
    assert [each.batch_item.batch for each in given] == [batch] * 3
    assert {(each.category.slug, each.severity, each.note) for each in given} == {
        ("logic", "high", "All alike.")
    }
    for task in tasks:
        decision = Decision.objects.get(example=task.example)
        assert decision.ideal == task.example.ideal
        assert Example.objects.get(pk=task.example_id).state == "accepted"


def test_the_item_in_ones_hands_is_decided_with_the_others(project, person):
    cluster, tasks = make_cluster(project)
    held = queue.claim_task(tasks[1], person, now())
    batch = decide(project, person, cluster, tasks)
    assert outcomes(batch) == ["decided"] * 3
    assert Verdict.objects.get(task=held).lease_epoch == held.lease_epoch


def test_only_what_was_ticked_is_decided(project, person):
    cluster, tasks = make_cluster(project)
    decide(project, person, cluster, tasks[:2])
    assert states(tasks) == ["decided", "decided", "open"]


def test_what_is_no_member_is_never_decided(project, person):
    cluster, tasks = make_cluster(project)
    stranger = make_task(project)
    other, others = make_cluster(make_project())
    batch = decide(project, person, cluster, [*tasks, stranger, *others])
    assert batch.items.count() == 3
    assert states([stranger, *others]) == ["open"] * 4


def test_what_somebody_holds_is_left_out_and_said(project, person):
    cluster, tasks = make_cluster(project)
    queue.claim_task(tasks[2], make_reviewer(project), now())
    batch = decide(project, person, cluster, tasks)
    assert outcomes(batch) == ["decided", "decided", "left_out held"]


def test_ones_own_correction_is_left_out_and_said(project, person):
    cluster, tasks = make_cluster(project)
    ReviewTask.objects.filter(pk=tasks[0].pk).update(developer=person.username)
    ReviewTask.objects.filter(pk=tasks[1].pk).update(author=person)
    batch = decide(project, person, cluster, tasks)
    assert outcomes(batch) == ["left_out own", "left_out own", "decided"]


def test_where_two_people_are_wanted_one_slot_is_decided(project, person):
    ReviewPolicy.objects.create(project=project, overlap=2, changed_at=now())
    cluster, tasks = make_cluster(project)
    assert len(tasks) == 6
    batch = decide(project, person, cluster, tasks)
    assert outcomes(batch) == ["decided", "left_out seen"] * 3
    assert not Decision.objects.exists()
    second = decide(project, make_reviewer(project), cluster, tasks)
    assert outcomes(second) == ["left_out gone", "decided"] * 3
    assert Decision.objects.filter(outcome="accepted").count() == 3


def test_nothing_stays_of_a_batch_that_decides_nothing(project, person):
    cluster, tasks = make_cluster(project)
    ReviewTask.objects.update(developer=person.username)
    with pytest.raises(NothingToDecide):
        decide(project, person, cluster, tasks)
    assert not Batch.objects.exists()


def test_a_cluster_can_be_rejected_and_escalated(project, person):
    cluster, tasks = make_cluster(project)
    decide(project, person, cluster, tasks[:1], Said("reject", reason="trivial"))
    decide(project, person, cluster, tasks[1:], Said("escalate", note="Ask legal."))
    assert states(tasks) == ["decided", "escalated", "escalated"]
    assert Decision.objects.get().reason == "trivial"


# One undo


def test_one_undo_takes_all_back_and_frees_the_slots(project, person):
    cluster, tasks = make_cluster(project)
    batch = decide(project, person, cluster, tasks)
    batches.undo(batch, now())
    assert Batch.objects.get().state == Batch.State.UNDONE
    assert outcomes(batch) == ["undone"] * 3
    assert states(tasks) == ["open"] * 3
    assert Verdict.objects.filter(kind="undo").count() == 3
    assert set(Example.objects.values_list("state", flat=True)) == {"labelled"}
    assert queue.claim(project, make_reviewer(project), now()) is not None


def test_what_has_moved_on_is_kept_and_said(project, person):
    cluster, tasks = make_cluster(project)
    batch = decide(project, person, cluster, tasks)
    verdicts.reopen(tasks[1].example, make_curator(project), now())
    again = verdicts.undo(Verdict.objects.get(task=tasks[2]), person, now())
    verdicts.reject(again, queue.lease_of(again), now(), reason="wrong")
    batches.undo(batch, now())
    assert outcomes(batch)[0] == "undone"
    assert outcomes(batch)[2] == "kept moved_on"
    assert Example.objects.get(pk=tasks[2].example_id).state == "rejected"


def test_an_undo_of_an_escalated_batch_gives_them_back(project, person):
    cluster, tasks = make_cluster(project)
    batch = decide(project, person, cluster, tasks, Said("escalate"))
    batches.undo(batch, now())
    assert states(tasks) == ["open"] * 3


def test_a_batch_is_undone_once(project, person):
    cluster, tasks = make_cluster(project)
    batch = decide(project, person, cluster, tasks)
    batches.undo(Batch.objects.get(pk=batch.pk), now())
    with pytest.raises(MoveRefused):
        batches.undo(Batch.objects.get(pk=batch.pk), now())
    assert Verdict.objects.filter(kind="undo").count() == 3


# All that pass a filter


def request(project, person, **filters):
    said = Said("reject", reason="trivial", note="A sweep.")
    return batches.request(project, person, Filters(**filters), said, now())


def test_a_filter_is_decided_by_a_worker_in_chunks(project, person, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 3)
    make_tasks(project, 8, language="go")
    make_tasks(project, 2)
    batch = request(project, person, language=("go",))
    assert (batch.state, batch.items.count()) == (Batch.State.REQUESTED, 8)
    assert batches.advance(batch, now())
    assert batches.counts_of(batch)["decided"] == 3
    run_batch(batch.pk)
    run_batch(batch.pk)
    assert Batch.objects.get().state == Batch.State.DONE
    assert batches.counts_of(batch)["decided"] == 8
    assert ReviewTask.objects.filter(state="open").count() == 2


def test_a_cancel_stops_it_and_what_was_decided_can_be_undone(project, person, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 3)
    make_tasks(project, 8)
    batch = request(project, person)
    batches.advance(batch, now())
    batch.refresh_from_db()
    batches.cancel(batch)
    assert not batches.advance(batch, now())
    counts = batches.counts_of(batch)
    assert (counts["decided"], counts["left_out"]) == (3, 5)
    batches.undo(batch, now())
    assert batches.counts_of(batch)["undone"] == 3
    assert ReviewTask.objects.filter(state="open").count() == 8


def test_a_big_undo_is_left_to_a_worker(project, person, monkeypatch):
    make_tasks(project, 8)
    batch = request(project, person)
    run_batch(batch.pk)
    monkeypatch.setattr(batches, "CHUNK", 3)
    batch.refresh_from_db()
    batches.undo(batch, now())
    assert Batch.objects.get().state == Batch.State.UNDOING
    run_batch(batch.pk)
    assert Batch.objects.get().state == Batch.State.UNDONE
    assert ReviewTask.objects.filter(state="open").count() == 8


def test_what_is_taken_between_asking_and_doing_is_left_out(project, person):
    tasks = make_tasks(project, 3)
    batch = request(project, person)
    queue.claim_task(tasks[0], make_reviewer(project), now())
    run_batch(batch.pk)
    assert outcomes(batch) == ["left_out held", "decided", "decided"]


def test_a_filter_that_nothing_free_passes_makes_no_batch(project, person):
    make_tasks(project, 2, developer=person.username)
    with pytest.raises(NothingToDecide):
        request(project, person)
    assert not Batch.objects.exists()


def test_the_sweep_finds_batches_a_worker_left(project, person, django_capture_on_commit_callbacks):
    make_tasks(project, 2)
    batch = request(project, person)
    assert list(batches.due(now())) == [batch]
    Batch.objects.update(state="running")
    assert list(batches.due(now())) == []
    assert list(batches.due(later(minutes=2))) == [batch]
    with django_capture_on_commit_callbacks() as nudges:
        Batch.objects.update(state="requested")
        sweep_batches()
    assert len(nudges) == 1


# Which of a cluster is served


def test_the_exemplar_is_served_before_its_near_duplicates(project, person):
    _, tasks = make_cluster(project)
    ReviewTask.objects.filter(pk=tasks[2].pk).update(urgency=900)
    assert queue.claim(project, person, now()) == tasks[0]
    assert states(tasks) == ["leased", "open", "open"]


def test_near_duplicates_of_what_somebody_holds_come_last(project, person):
    _, tasks = make_cluster(project)
    ReviewTask.objects.update(urgency=900)
    other = make_task(project, urgency=1)
    queue.claim_task(tasks[1], make_reviewer(project), now())
    assert queue.claim(project, person, now()) == other
    left = queue.claim(project, make_reviewer(project), now())
    assert left in (tasks[0], tasks[2])


def test_what_is_fetched_ahead_is_no_near_duplicate(project, person):
    cluster, tasks = make_cluster(project)
    make_cluster(project, topic="session")
    first = queue.claim(project, person, now())
    ahead = queue.claim_ahead(project, person, now())
    found = [first.example_id, *(task.example_id for task in ahead)]
    assert len(found) == 2
    assert len(set(Example.objects.filter(pk__in=found).values_list("membership__cluster"))) == 2


def test_an_exemplar_that_is_not_for_the_person_keeps_nothing_from_them(project, person):
    _, tasks = make_cluster(project)
    ReviewTask.objects.filter(pk=tasks[0].pk).update(developer=person.username)
    assert queue.claim(project, person, now()) in tasks[1:]


def test_items_say_why_they_were_left(project, person):
    assert BatchItem.Why(batches.why_not(make_task(project), person, False)) == "busy"
    assigned = make_task(project)
    assigned.assigned_to = make_reviewer(project)
    assert batches.why_not(assigned, person, False) == "assigned"


def test_who_loses_the_role_meanwhile_decides_nothing_more(project, person):
    tasks = make_tasks(project, 3)
    batch = batches.request(project, person, Filters(), accepted(project), now())
    person.memberships.all().delete()
    run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.CANCELLED
    assert outcomes(batch) == ["left_out cancelled"] * 3
    assert states(tasks) == ["open"] * 3
