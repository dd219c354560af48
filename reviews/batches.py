"""One decision for many slots, and one undo for all of them.

Each slot gets a verdict and a lease as if it had been decided alone, so that fences, policies
and datasets need not know of batches. What cannot be decided, or undone any more, is kept in its
item with the reason: all or said, never silently some.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, Q, QuerySet, When, prefetch_related_objects

from curation.models import Category, Cluster
from governance.access import Ability, abilities_of
from governance.models import Project, User
from lib.transitions import MoveRefused, Moves, move
from reviews import queue, rows, verdicts
from reviews.filters import Filters, narrow
from reviews.models import Batch, BatchItem, ReviewTask, Verdict

State = Batch.State
Kind = Verdict.Kind
Outcome = BatchItem.Outcome
Why = BatchItem.Why

MOVES: Moves = {
    State.REQUESTED: {State.RUNNING, State.CANCELLED},
    State.RUNNING: {State.DONE, State.CANCELLED},
    State.DONE: {State.UNDOING},
    State.CANCELLED: {State.UNDOING},
    State.UNDOING: {State.UNDONE},
    State.UNDONE: set(),
}
WORKING = (State.REQUESTED, State.RUNNING, State.UNDOING)
VERBS: dict[str, Callable[..., Verdict]] = {
    Kind.ACCEPT: verdicts.accept,
    Kind.REJECT: verdicts.reject,
    Kind.UNSURE: verdicts.unsure,
    Kind.ESCALATE: verdicts.escalate,
}
CHUNK = 100  # slots decided in one transaction
MOST = 20_000  # slots of one batch
SHOWN = 200  # slots that a batch's page lists
QUIET = timedelta(seconds=60)  # a worker that wrote nothing for this long is taken for dead


class NothingToDecide(Exception):
    """None of the slots can be decided by this person now."""


@dataclass(frozen=True)
class Said:
    """What is decided for every slot."""

    verdict: str
    category: Category | None = None
    severity: str = ""
    reason: str = ""
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """As a batch keeps it."""
        return dict(vars(self))


@transaction.atomic
def decide_cluster(
    project: Project, by: User, cluster: Cluster, tasks: Collection[int], said: Said, now: datetime
) -> Batch:
    """Decide those slots of the cluster that are free for the person, in one transaction.

    Raises NothingToDecide when none is.
    """
    members = ReviewTask.objects.filter(
        project=project, pk__in=tasks, example__membership__cluster=cluster
    )
    batch = _make(project, by, Batch.Kind.CLUSTER, said, now, cluster=cluster)
    _add(batch, members.order_by("example", "id").values_list("pk", flat=True)[:MOST])
    move(batch, State.RUNNING, MOVES)
    if not _decide(batch, list(batch.items.order_by("id").select_related("task")), now):
        raise NothingToDecide
    move(batch, State.DONE, MOVES)
    return batch


@transaction.atomic
def request(project: Project, by: User, filters: Filters, said: Said, now: datetime) -> Batch:
    """Ask for a decision on all that pass the filters and are free for the person now.

    Raises NothingToDecide when none is.
    """
    free = in_reach(project, by, filters).order_by("example", "id")
    batch = _make(project, by, Batch.Kind.FILTER, said, now, filters=filters.query())
    if not _add(batch, free.values_list("pk", flat=True)[:MOST]):
        raise NothingToDecide
    return batch


def in_reach(project: Project, by: User, filters: Filters) -> QuerySet[ReviewTask]:
    """Waiting slots that pass the filters and the person may decide."""
    return narrow(rows.free_for(project, by).exclude(author=by), filters, project, by)


def run(batch: Batch, now: datetime) -> None:
    """Bring the batch to its end, a chunk in a transaction; safe to kill and to run twice."""
    while advance(batch, now):
        continue


@transaction.atomic
def advance(batch: Batch, now: datetime) -> bool:
    """Decide or undo the next chunk; whether more may be left.

    The batch's row is locked, so two workers take turns and a cancel comes between chunks.
    """
    stored = Batch.objects.select_for_update(of=("self",)).select_related(
        "project", "by", "category"
    )
    batch = stored.get(pk=batch.pk) if batch.pk else batch
    if batch.state not in WORKING:
        return False
    if batch.state == State.REQUESTED:
        move(batch, State.RUNNING, MOVES)
    undoes = batch.state == State.UNDOING
    if not undoes and Ability.REVIEW not in abilities_of(batch.by, batch.project):
        cancel(batch)  # who asked for it may not decide any more
        return False
    rows = batch.items.filter(outcome=Outcome.DECIDED if undoes else Outcome.WAITING)
    chunk = list(rows.order_by("id").select_related("task", "verdict")[:CHUNK])
    if not chunk:
        move(batch, State.UNDONE if undoes else State.DONE, MOVES)
        return False
    _undo(batch, chunk, now) if undoes else _decide(batch, chunk, now)
    Batch.objects.filter(pk=batch.pk).update(touched_at=now)
    return True


@transaction.atomic
def cancel(batch: Batch) -> None:
    """Stop deciding; what was decided stays, until it is undone. Raises MoveRefused."""
    Batch.objects.select_for_update().get(pk=batch.pk)  # wait for the chunk that is being written
    move(batch, State.CANCELLED, MOVES)
    waiting = batch.items.filter(outcome=Outcome.WAITING)
    waiting.update(outcome=Outcome.LEFT_OUT, why=Why.CANCELLED)


@transaction.atomic
def undo(batch: Batch, now: datetime) -> None:
    """Take every verdict of the batch back that nothing has followed. Raises MoveRefused.

    A small batch is undone when this returns; of a big one a worker does the rest.
    """
    move(batch, State.UNDOING, MOVES, touched_at=now)
    if batch.items.filter(outcome=Outcome.DECIDED).count() <= CHUNK:
        run(batch, now)


def due(now: datetime) -> QuerySet[Batch]:
    """Batches a worker should be at: asked for, or left by one that died."""
    left = Q(state__in=[State.RUNNING, State.UNDOING], touched_at__lt=now - QUIET)
    return Batch.objects.filter(Q(state=State.REQUESTED) | left).order_by("id")


def counts_of(batch: Batch) -> dict[str, int]:
    """How many slots have which outcome."""
    rows = batch.items.order_by().values_list("outcome").annotate(n=Count("id"))
    return {outcome.value: 0 for outcome in Outcome} | dict(rows)


def progress_of(batch: Batch, counts: Mapping[str, int]) -> int:
    """How far the batch is, in whole per cent."""
    whole = sum(counts.values())
    left = counts[Outcome.DECIDED if batch.state == State.UNDOING else Outcome.WAITING]
    return 100 * (whole - left) // whole if whole else 100


def left_of(batch: Batch) -> list[tuple[str, int]]:
    """Why slots were left out or kept, and how many each, the commonest first."""
    rows = batch.items.exclude(why="").order_by().values_list("why").annotate(n=Count("id"))
    return sorted(
        ((str(Why(why).label), n) for why, n in rows), key=lambda each: (-each[1], each[0])
    )


def shown(batch: Batch) -> QuerySet[BatchItem]:
    """The first slots of the batch, those that went another way before the others."""
    asked = batch.items.select_related("task", "verdict")
    return asked.order_by(Case(When(why="", then=1), default=0), "id")[:SHOWN]


def may_undo(batch: Batch, person: User, counts: Mapping[str, int]) -> bool:
    """Whether to offer the undo of all; `undo` decides."""
    is_over = batch.state in (State.DONE, State.CANCELLED)
    return is_over and batch.by_id == person.pk and bool(counts[Outcome.DECIDED])


def may_cancel(batch: Batch, person: User) -> bool:
    """Whether to offer stopping it; `cancel` decides."""
    return batch.state in (State.REQUESTED, State.RUNNING) and batch.by_id == person.pk


def done_just_now(project: Project, person: User, number: int) -> Batch | None:
    """The batch that the address says was just decided, while it can be undone."""
    mine = Batch.objects.filter(project=project, by=person, state=State.DONE, pk=number)
    return mine.annotate(
        decided=Count("items", filter=Q(items__outcome=Outcome.DECIDED)),
        left=Count("items", filter=Q(items__outcome=Outcome.LEFT_OUT)),
    ).first()


def _make(project: Project, by: User, kind: str, said: Said, now: datetime, **about: Any) -> Batch:
    return Batch.objects.create(
        project=project, by=by, kind=kind, at=now, touched_at=now, **said.columns(), **about
    )


def _add(batch: Batch, tasks: Iterable[int]) -> int:
    made = BatchItem.objects.bulk_create(BatchItem(batch=batch, task_id=pk) for pk in tasks)
    return len(made)


def _decide(batch: Batch, items: Collection[BatchItem], now: datetime) -> int:
    """Lease all slots that are free in one statement, and decide each; the number decided."""
    leased = queue.claim_these(batch.project, batch.by, [item.task_id for item in items], now)
    prefetch_related_objects(leased, "example__ideal", "project")
    given = {}
    for task in leased:
        task.leased_at = None  # nobody looked at this one for a time that means anything
        lease = queue.lease_of(task)
        try:
            given[task.pk] = VERBS[batch.verdict](task, lease, now, **_said(batch))
        except MoveRefused:  # the example was decided elsewhere
            queue.release(task, lease, now)
    left = [item.task_id for item in items if item.task_id not in given]
    why = _why_left(batch.by, left) if left else {}
    for item in items:
        item.verdict = given.get(item.task_id)
        item.outcome = Outcome.DECIDED if item.verdict else Outcome.LEFT_OUT
        item.why = why.get(item.task_id, "")
    BatchItem.objects.bulk_update(items, ["verdict", "outcome", "why"])
    return len(given)


def _said(batch: Batch) -> dict[str, Any]:
    """What the verb of the batch's kind takes."""
    label = {"category": batch.category, "severity": batch.severity}
    more: dict[str, dict[str, Any]] = {
        Kind.ACCEPT: label,
        Kind.REJECT: label | {"reason": batch.reason},
        Kind.UNSURE: label,
    }
    return {"note": batch.note, **more.get(batch.verdict, {})}


def _undo(batch: Batch, items: Collection[BatchItem], now: datetime) -> None:
    """Take each verdict back and give its slot to whoever comes; what moved on is kept."""
    for item in items:
        assert item.verdict is not None
        try:
            task = verdicts.undo(item.verdict, batch.by, now)
        except verdicts.TooLate:
            item.outcome, item.why = Outcome.KEPT, Why.MOVED_ON
        else:
            queue.release(task, queue.lease_of(task), now)
            item.outcome = Outcome.UNDONE
    BatchItem.objects.bulk_update(items, ["outcome", "why"])


def _why_left(by: User, tasks: Collection[int]) -> Mapping[int, str]:
    """Why the person did not get each of these slots."""
    left = list(ReviewTask.objects.filter(pk__in=tasks))
    seen = set(
        rows.seen_by(by)
        .filter(example__in=[task.example_id for task in left])
        .values_list("example_id", flat=True)
    )
    return {task.pk: why_not(task, by, task.example_id in seen) for task in left}


def why_not(task: ReviewTask, by: User, has_seen: bool) -> str:
    """Why a slot cannot be decided by the person as one of many. Pure."""
    if task.developer in by.names or task.author_id == by.pk:
        return Why.OWN
    if task.state == ReviewTask.State.LEASED and task.leased_to_id != by.pk:
        return Why.HELD
    if task.state != ReviewTask.State.OPEN or task.kind != ReviewTask.Kind.PLAIN:
        return Why.GONE
    if has_seen:
        return Why.SEEN
    if task.assigned_to_id not in (None, by.pk):
        return Why.ASSIGNED
    return Why.BUSY
