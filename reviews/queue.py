"""The queue: which slots wait, who holds which, and until when.

The lease is in the slot's own row, so the row lock that picks a winner also guards the lease.
Nothing here counts the queue (docs/state-machines.md, "Reviews").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from curation.models import Example
from governance.models import Project, User
from lib.transitions import MoveRefused, Moves, move
from reviews.filters import Filters, narrow
from reviews.models import ReviewTask, Verdict

State = ReviewTask.State

LEASE = timedelta(minutes=10)
GRACE = timedelta(seconds=30)  # after a page was left; long enough for a reload to take it up
BATCH = 5_000  # slots opened in one transaction
ORDER = ("-urgency", "id")
COUNTED_TO = 1_000

MOVES: Moves = {
    State.OPEN: {State.LEASED},
    State.LEASED: {State.OPEN, State.ESCALATED, State.DECIDED},
    State.ESCALATED: {State.LEASED},
    State.DECIDED: {State.LEASED},  # undone: back to the person who decided
}

UNLEASED: Mapping[str, None] = {
    "leased_to": None,
    "leased_at": None,
    "leased_until": None,
    "lease_token": None,
}


class LeaseLost(Exception):
    """The lease is over: it ran out, was given back, or the slot was decided."""


class NotFree(Exception):
    """Somebody else holds the slot, or it is decided."""


class OwnCorrection(Exception):
    """Nobody reviews a correction of their own."""


@dataclass(frozen=True)
class Lease:
    """What a reviewer shows to prove that a slot is theirs. A new lease has a new epoch."""

    holder: User
    token: UUID
    epoch: int


def lease_of(task: ReviewTask) -> Lease:
    """The lease a leased slot is under."""
    assert task.leased_to is not None
    assert task.lease_token is not None
    return Lease(task.leased_to, task.lease_token, task.lease_epoch)


def open_tasks(now: datetime) -> int:
    """Open a slot for every labelled example that has none; the number opened.

    One INSERT … SELECT; safe to run twice at once. The less certain the label, the sooner a
    person sees it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO reviews_reviewtask
                (project_id, example_id, slot, state, opened_at, is_escalated, lease_epoch,
                 urgency, category_id, severity, language, repository, model_name, file_path,
                 developer)
            SELECT project_id, id, 1, %s, %s, false, 0,
                   round(1000 * (1 - probability)), category_id, severity, language, repository,
                   model_name, file_path, developer
              FROM curation_example AS example
             WHERE state = %s
               AND NOT EXISTS (SELECT FROM reviews_reviewtask WHERE example_id = example.id)
             ORDER BY id LIMIT %s
            ON CONFLICT DO NOTHING
            """,
            [State.OPEN, now, Example.State.LABELLED, BATCH],
        )
        return int(cursor.rowcount)


def claim(
    project: Project, reviewer: User, now: datetime, filters: Filters | None = None
) -> ReviewTask | None:
    """Lease the reviewer's next slot: what they hold, then the most urgent, then what they skipped.

    None when nothing waits for them.
    """
    held = resume(project, reviewer, now)
    if held is not None:
        return held
    free = narrow(waiting(project), filters or Filters(), project)
    free = free.exclude(developer__in=reviewer.names)
    again = _skipped(project, reviewer)
    found = _lease_first(free.exclude(pk__in=again) if again else free, reviewer, now)
    # What the person skipped longest ago comes back first, once nothing else is left.
    for pk in [] if found else again:
        found = found or _lease_first(free.filter(pk=pk), reviewer, now)
    if found is None and sweep(now):
        return claim(project, reviewer, now, filters)
    return found


def resume(project: Project, reviewer: User, now: datetime) -> ReviewTask | None:
    """The slot the reviewer already holds in the project, its lease renewed."""
    mine = ReviewTask.objects.filter(
        project=project, state=State.LEASED, leased_to=reviewer, leased_until__gt=now
    )
    for task in mine.order_by("leased_at")[:1]:
        if mine.filter(pk=task.pk).update(leased_until=now + LEASE):
            task.leased_until = now + LEASE
            return task
    return None


@transaction.atomic
def claim_task(task: ReviewTask, reviewer: User, now: datetime) -> ReviewTask:
    """Lease this slot; the reviewer's own lease is renewed.

    Raises OwnCorrection, or NotFree with the row as it now stands. Whether the person may take
    escalated slots is the caller's question (Ability.CURATE).
    """
    if task.developer in reviewer.names:
        raise OwnCorrection
    stored = ReviewTask.objects.select_for_update().get(pk=task.pk)
    if stored.state == State.LEASED and stored.leased_until is not None:
        if stored.leased_to_id == reviewer.pk and stored.leased_until > now:
            heartbeat(stored, Lease(reviewer, lease_of(stored).token, stored.lease_epoch), now)
            return stored
        if stored.leased_until <= now:
            move(stored, _back(stored), MOVES, **UNLEASED)
    try:
        move(stored, State.LEASED, _FREE_MOVES, **fresh_lease(stored, reviewer, now))
    except MoveRefused:
        raise NotFree from None
    return stored


def fresh_lease(task: ReviewTask, reviewer: User, now: datetime) -> dict[str, Any]:
    """The columns of a new lease on a row that is locked or fenced by its epoch."""
    return {
        "leased_to": reviewer,
        "leased_at": now,
        "leased_until": now + LEASE,
        "lease_token": uuid4(),
        "lease_epoch": task.lease_epoch + 1,
    }


def heartbeat(task: ReviewTask, lease: Lease, now: datetime) -> None:
    """Renew the lease. Ownership is all that is asked. Raises LeaseLost."""
    if not held(task, lease, now).update(leased_until=now + LEASE):
        raise LeaseLost
    task.leased_until = now + LEASE


def leave(task: ReviewTask, lease: Lease, now: datetime) -> None:
    """The page was left: keep the slot for GRACE only, unless it is taken up again."""
    held(task, lease, now).filter(leased_until__gt=now + GRACE).update(leased_until=now + GRACE)


def release(task: ReviewTask, lease: Lease, now: datetime) -> None:
    """Give the slot back at once. Raises LeaseLost."""
    try:
        move(task, _back(task), MOVES, rows=held(task, lease, now), **UNLEASED)
    except MoveRefused:
        raise LeaseLost from None


def held(task: ReviewTask, lease: Lease, now: datetime) -> QuerySet[ReviewTask]:
    """The slot's row, if this very lease is in force: what every submit is fenced with."""
    return ReviewTask.objects.filter(
        pk=task.pk,
        state=State.LEASED,
        leased_to=lease.holder,
        lease_token=lease.token,
        lease_epoch=lease.epoch,
        leased_until__gt=now,
    )


def sweep(now: datetime) -> int:
    """Give back every slot whose lease ran out; the number given back."""
    over = ReviewTask.objects.filter(state=State.LEASED, leased_until__lte=now)
    back = over.filter(is_escalated=False).update(state=State.OPEN, **UNLEASED)
    return back + over.filter(is_escalated=True).update(state=State.ESCALATED, **UNLEASED)


def waiting(project: Project) -> QuerySet[ReviewTask]:
    """Slots nobody holds, the most urgent first."""
    return ReviewTask.objects.filter(project=project, state=State.OPEN).order_by(*ORDER)


def being_reviewed(project: Project) -> QuerySet[ReviewTask]:
    """Slots somebody holds."""
    return ReviewTask.objects.filter(project=project, state=State.LEASED).order_by(*ORDER)


def escalated(project: Project) -> QuerySet[ReviewTask]:
    """Slots that wait for a curator."""
    return ReviewTask.objects.filter(project=project, state=State.ESCALATED).order_by(*ORDER)


def decided_by(project: Project, reviewer: User) -> QuerySet[ReviewTask]:
    """Slots the reviewer decided, the last first."""
    mine = ReviewTask.objects.filter(project=project, state=State.DECIDED, decided_by=reviewer)
    return mine.order_by("-decided_at", "-id")


def counts_to(many: Sequence[QuerySet[ReviewTask]], most: int = COUNTED_TO) -> list[int]:
    """How many each has, up to `most` + 1: whoever shows it says "1,000+" beyond. One query."""
    parts: list[str] = []
    bound: list[Any] = []
    for tasks in many:
        sql, params = tasks.order_by().values("id")[: most + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  Django's own text
        bound += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", bound)
        return list(cursor.fetchone() or ())


# Undoing has its own verb; nobody claims a decided slot.
_FREE_MOVES: Moves = {State.OPEN: {State.LEASED}, State.ESCALATED: {State.LEASED}}


def _skipped(project: Project, reviewer: User) -> list[int]:
    """Waiting slots the reviewer skipped, the one skipped longest ago first."""
    skips = Verdict.objects.filter(
        reviewer=reviewer,
        kind=Verdict.Kind.SKIP,
        task__project=project,
        task__state=State.OPEN,
    )
    lasts = skips.values("task").annotate(last=Max("id")).order_by("last")
    return list(lasts.values_list("task", flat=True))


def _back(task: ReviewTask) -> str:
    return State.ESCALATED if task.is_escalated else State.OPEN


@transaction.atomic
def _lease_first(rows: QuerySet[ReviewTask], reviewer: User, now: datetime) -> ReviewTask | None:
    """Lease the first of `rows` that no one else is taking, in one statement.

    SKIP LOCKED: two reviewers never wait for each other. PostgreSQL tests the conditions again
    on the row it locked, so a row that was taken meanwhile is passed over.
    """
    picked, params = (
        rows.select_for_update(skip_locked=True).values("id")[:1].query.sql_with_params()
    )
    leased = ReviewTask.objects.raw(
        f"""
        UPDATE reviews_reviewtask AS task
           SET state = %s, leased_to_id = %s, leased_at = %s, leased_until = %s,
               lease_token = %s, lease_epoch = task.lease_epoch + 1
          FROM ({picked}) AS picked
         WHERE task.id = picked.id
        RETURNING task.*
        """,  # noqa: S608  the text is Django's own; every value is a parameter
        [State.LEASED, reviewer.pk, now, now + LEASE, uuid4(), *params],
    )
    for task in leased:
        task.leased_to = reviewer
        return task
    return None
