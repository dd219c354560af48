"""Many reviewers, one queue: nobody gets what somebody else has, and nobody waits."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from curation.models import Decision
from lib.clock import now
from lib.statements import Statement
from reviews import claiming, queue, rows, slots, verdicts
from reviews.models import ReviewTask, Verdict
from reviews.queue import LEASE, LeaseLost, lease_of
from tests.builders import make_project, make_reviewer
from tests.race import Run, together
from tests.reviews_builders import make_examples, make_task, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, TASKS = 16, 320


def take_until_empty(project, reviewer, claim):
    """What one reviewer got, one slot after the other."""
    got = []
    while (task := claim(project, reviewer)) is not None:
        got.append(task.pk)
        verdicts.escalate(task, lease_of(task), now())
    return got


def everybody_takes(claim):
    project = make_project()
    make_tasks(project, TASKS, urgency=lambda n: n % 7)
    people = [make_reviewer(project) for _ in range(THREADS)]
    took = together(*[lambda p=p: take_until_empty(project, p, claim) for p in people])
    assert all(isinstance(each, list) for each in took), took
    return Counter(pk for each in took for pk in each)


def test_sixteen_reviewers_never_get_the_same_slot():
    got = everybody_takes(lambda project, person: queue.claim(project, person, now()))
    assert len(got) == TASKS
    assert set(got.values()) == {1}


def test_without_the_lock_they_would():
    """Negative control: reading and then writing gives one slot to several people."""
    picked = Counter()

    def read_then_write(project, person):
        task = rows.waiting(project).first()
        if task is None:
            return None
        picked[task.pk] += 1
        lease = queue.fresh_lease(task, person, now())
        ReviewTask.objects.filter(pk=task.pk).update(
            **lease | {"state": "leased", "is_escalated": False}
        )
        return ReviewTask.objects.get(pk=task.pk)

    with pytest.raises(AssertionError):
        everybody_takes(read_then_write)
    assert max(picked.values()) > 1


def test_a_claim_does_not_wait_for_another_one():
    project = make_project()
    first, second = make_tasks(project, 2, urgency=lambda n: 900 - n)
    reviewer = make_reviewer(project)
    with transaction.atomic():
        ReviewTask.objects.select_for_update().get(pk=first.pk)
        assert Run(impatient_claim, project, reviewer).result().pk == second.pk


def test_without_skipping_locked_rows_it_would_wait(monkeypatch):
    """Negative control for the test above."""
    lock = QuerySet.select_for_update
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: lock(self))
    anew = Statement(claiming._CLAIM.write, **claiming._CLAIM.kinds)  # with that lock
    monkeypatch.setattr(claiming, "_CLAIM", anew)
    project = make_project()
    first, _ = make_tasks(project, 2, urgency=lambda n: 900 - n)
    reviewer = make_reviewer(project)
    with transaction.atomic():
        ReviewTask.objects.select_for_update().get(pk=first.pk)
        assert "lock timeout" in str(Run(impatient_claim, project, reviewer).result())


def impatient_claim(project, reviewer):
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    return queue.claim(project, reviewer, now())


def test_one_slot_named_by_many_goes_to_one():
    project = make_project()
    task = make_task(project)
    people = [make_reviewer(project) for _ in range(8)]
    found = together(*[lambda p=p: queue.claim_task(task, p, now()) for p in people])
    assert sum(isinstance(each, ReviewTask) for each in found) == 1
    assert sum(isinstance(each, queue.NotFree) for each in found) == 7


def test_a_form_sent_twice_at_once_counts_once():
    project = make_project()
    make_task(project)
    reviewer = make_reviewer(project)
    task = queue.claim(project, reviewer, now())
    category = project.categories.first()

    def send():
        row = ReviewTask.objects.select_related("project", "example").get(pk=task.pk)
        return verdicts.accept(row, lease_of(task), now(), category=category)

    found = together(*[send] * 6)
    assert len({verdict.pk for verdict in found}) == 1
    assert Verdict.objects.count() == Decision.objects.count() == 1


def test_two_different_verdicts_at_once_leave_one():
    project = make_project()
    make_task(project)
    task = queue.claim(project, make_reviewer(project), now())
    category = project.categories.first()

    def fresh():
        return ReviewTask.objects.select_related("project", "example").get(pk=task.pk)

    lease = lease_of(task)
    found = together(
        lambda: verdicts.accept(fresh(), lease, now(), category=category),
        lambda: verdicts.reject(fresh(), lease, now(), reason="wrong"),
        lambda: verdicts.skip(fresh(), lease, now()),
    )
    assert sum(isinstance(each, Verdict) for each in found) == 1
    assert sum(isinstance(each, LeaseLost) for each in found) == 2


def test_a_hold_that_runs_out_during_the_submit_is_decided_once_or_given_back():
    """Sweep, submit and the next claim at one moment: one of them wins, whole."""
    for _ in range(12):
        project = make_project()
        make_task(project)
        one, other = make_reviewer(project), make_reviewer(project)
        task = queue.claim(project, one, now() - LEASE + timedelta(seconds=5))
        lease, category = lease_of(task), project.categories.first()
        late = now() + timedelta(seconds=10)

        def submit(task=task, lease=lease, category=category):
            row = ReviewTask.objects.select_related("project", "example").get(pk=task.pk)
            return verdicts.accept(row, lease, now(), category=category)

        said, _, taken = together(
            submit,
            lambda late=late: queue.sweep(late),
            lambda project=project, other=other, late=late: queue.claim(project, other, late),
        )
        row = ReviewTask.objects.get(pk=task.pk)
        if isinstance(said, Verdict):
            assert (row.state, row.decided_by, taken) == ("decided", one, None)
        else:
            assert isinstance(said, LeaseLost)
            assert not Verdict.objects.filter(task=task).exists()
            assert row.state in ("open", "leased")


def test_without_the_fence_a_late_submit_would_decide_what_another_holds(monkeypatch):
    """Negative control for the test above."""
    monkeypatch.setattr(verdicts, "held", lambda task, *_: ReviewTask.objects.filter(pk=task.pk))
    project = make_project()
    make_task(project)
    one, other = make_reviewer(project), make_reviewer(project)
    task = queue.claim(project, one, now() - LEASE)
    queue.sweep(now())
    assert queue.claim(project, other, now()).leased_to == other
    row = ReviewTask.objects.select_related("project", "example").get(pk=task.pk)
    verdicts.accept(row, lease_of(task), now(), category=project.categories.first())
    assert ReviewTask.objects.get().decided_by == one


def test_a_renewed_hold_is_not_swept():
    for _ in range(12):
        project = make_project()
        make_task(project)
        task = queue.claim(project, make_reviewer(project), now())
        moment = task.leased_until - timedelta(milliseconds=1)
        renewed, swept = together(
            lambda task=task, moment=moment: queue.heartbeat(task, lease_of(task), moment),
            lambda task=task: queue.sweep(task.leased_until),
        )
        state = ReviewTask.objects.get(pk=task.pk).state
        assert (state, swept) == (("open", 1) if renewed else ("leased", 0))


def test_undoing_and_taking_at_once_leave_one_holder():
    for _ in range(8):
        project = make_project()
        make_task(project)
        one, other = make_reviewer(project), make_reviewer(project)
        task = queue.claim(project, one, now())
        verdict = verdicts.skip(task, lease_of(task), now())
        undone, taken = together(
            lambda v=verdict, one=one: verdicts.undo(v, one, now()),
            lambda project=project, other=other: queue.claim(project, other, now()),
        )
        holder = ReviewTask.objects.get(pk=task.pk).leased_to
        if isinstance(undone, verdicts.TooLate):
            assert holder == other
        else:
            assert (holder, taken) == (one, None)


def test_slots_are_opened_once_by_however_many_workers():
    project = make_project()
    make_examples(project, 200)
    opened = together(*[lambda: slots.open_tasks(now())] * 4)
    assert sum(opened) == 200
    assert ReviewTask.objects.count() == 200
