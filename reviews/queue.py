"""The queue: which slots wait, who holds which, and until when.

The lease is in the slot's own row, so the row lock that picks a winner also guards the lease.
Nothing here counts the queue (docs/state-machines.md, "Reviews").
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, QuerySet

from governance.models import Project, User
from lib.statements import Query
from lib.transitions import MoveRefused, Moves, move
from reviews import claiming, leasing, likeness, probes, rows
from reviews.blindness import QUALITY
from reviews.claiming import Claimed
from reviews.filters import Filters, narrow
from reviews.leasing import lease
from reviews.models import ReviewTask
from reviews.rows import held_by

State = ReviewTask.State
Kind = ReviewTask.Kind

LEASE = timedelta(minutes=10)
GRACE = timedelta(seconds=30)  # after a page was left; long enough for a reload to take it up
AHEAD = timedelta(minutes=4)  # of an item fetched ahead; the page renews it while it is open

MOVES: Moves = {
    State.OPEN: {State.LEASED, State.CLOSED},
    State.LEASED: {State.OPEN, State.ESCALATED, State.SNOOZED, State.DECIDED},
    State.SNOOZED: {State.OPEN, State.LEASED},
    State.ESCALATED: {State.LEASED, State.CLOSED},
    State.CLOSED: set(),
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


def claim(
    project: Project,
    reviewer: User,
    now: datetime,
    filters: Filters | None = None,
    dice: Random = probes.DICE,
) -> ReviewTask | None:
    """Lease the reviewer's next slot: what they hold, then the most urgent, then what they skipped.

    At the policy's rate it is one to measure by (`reviews.probes`). None when nothing waits for
    them.
    """
    thrown = probes.throw(dice)
    if not filters:
        usual = _claim_usual(project, reviewer, now, dice, thrown)
        if usual is not None:
            return usual
        thrown = probes.SPARED
    held = resume(project, reviewer, now)
    if held is not None:
        return held
    found = _lease_more(project, reviewer, now, filters or Filters(), [thrown], LEASE, dice)
    if not found and sweep(now):
        return claim(project, reviewer, now, filters, dice)
    return found[0] if found else None


def claim_ahead(
    project: Project,
    reviewer: User,
    now: datetime,
    filters: Filters | None = None,
    most: int = 2,
    dice: Random = probes.DICE,
) -> list[ReviewTask]:
    """What the reviewer gets after the item in their hands, leased for AHEAD, in order.

    However often it is asked, nobody holds more than `most` items ahead.
    """
    ahead = list(held_by(project, reviewer, now)[1 : most + 1])
    thrown = [probes.throw(dice) for _ in range(most - len(ahead))]
    if thrown:
        ahead += _lease_more(project, reviewer, now, filters or Filters(), thrown, AHEAD, dice)
    return ahead


def resume(project: Project, reviewer: User, now: datetime) -> ReviewTask | None:
    """The slot the reviewer already holds in the project, its lease renewed."""
    mine = held_by(project, reviewer, now)
    for task in _FIRST_HELD.rows(project=project, reviewer=reviewer, now=now):
        until = max(now + LEASE, task.leased_until or now)
        if mine.order_by().filter(pk=task.pk).update(leased_until=until):
            task.leased_until = until
            return task
    return None


@transaction.atomic
def claim_task(
    task: ReviewTask, reviewer: User, now: datetime, *, curates: bool = False
) -> ReviewTask:
    """Lease this slot; the reviewer's own lease is renewed.

    Raises OwnCorrection and NotFree; an escalated slot is free for those who curate only.
    """
    if task.developer in reviewer.names or task.author_id == reviewer.pk:
        raise OwnCorrection
    if _has_seen(reviewer, task):
        raise NotFree
    stored = ReviewTask.objects.select_for_update().get(pk=task.pk)
    # Read here: it may have been escalated, or given to somebody, a moment ago
    if (stored.is_escalated and not curates) or not _is_for(reviewer, stored):
        raise NotFree
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


@transaction.atomic
def claim_these(
    project: Project, reviewer: User, tasks: Collection[int], now: datetime
) -> list[ReviewTask]:
    """Lease those of the slots that are free, in one statement, and add those already held.

    Nobody is waited for: what somebody else is taking is left out. In the order of examples, in
    which everyone who decides several locks them.
    """
    if not tasks:
        return []
    mine = held_by(project, reviewer, now).filter(pk__in=tasks, kind=Kind.PLAIN)
    held = list(mine.order_by("example", "id").select_for_update(of=("self",)))
    for task in held:
        task.leased_to = reviewer
    free = rows.free_for(project, reviewer).exclude(author=reviewer).filter(pk__in=tasks)
    leased = lease(free.order_by("example", "id"), reviewer, now, len(tasks), LEASE)
    return sorted([*held, *leased], key=lambda task: (task.example_id, task.pk))


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
    _release(task, held(task, lease, now))


def release_ahead(task: ReviewTask, lease: Lease, now: datetime) -> None:
    """Give back a slot that was only fetched ahead. Raises LeaseLost.

    A page that goes on to it before the page behind has said that it is left renews the same
    lease, for longer than AHEAD: then it is in somebody's hands, and stays there.
    """
    _release(task, held(task, lease, now).filter(leased_until__lte=now + AHEAD))


def _release(task: ReviewTask, rows: QuerySet[ReviewTask]) -> None:
    try:
        move(task, _back(task), MOVES, rows=rows, **UNLEASED)
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


def wake(now: datetime) -> int:
    """Let what was snoozed wait again, once its time has come; how many."""
    over = ReviewTask.objects.filter(state=State.SNOOZED, wakes_at__lte=now)
    return over.update(state=State.OPEN, wakes_at=None)


# Undoing has its own verb; nobody claims a decided slot.
_FREE_MOVES: Moves = {State.OPEN: {State.LEASED}, State.ESCALATED: {State.LEASED}}


def _is_for(reviewer: User, task: ReviewTask) -> bool:
    """Whether it is everybody's, the reviewer's own, a team's of theirs, or passed on since."""
    if task.is_escalated:
        return True  # to whom it was given first has passed it on
    if task.assigned_team_id is not None:
        return reviewer.review_teams.filter(pk=task.assigned_team_id).exists()
    return task.assigned_to_id in (None, reviewer.pk)


def _has_seen(reviewer: User, task: ReviewTask) -> bool:
    """What measures a person may be about an example they met; nothing else may."""
    if task.kind in QUALITY:
        return False
    others = ReviewTask.objects.filter(example=task.example_id).exclude(pk=task.pk)
    if task.kind == Kind.PLAIN and others.filter(Exists(rows.given_away_by(reviewer))).exists():
        return True
    return rows.seen_by(reviewer).filter(pk__in=others.values("pk")).exists()


def _lease_more(
    project: Project,
    reviewer: User,
    now: datetime,
    filters: Filters,
    throws: Sequence[int],
    span: timedelta,
    dice: Random,
) -> list[ReviewTask]:
    """Lease a slot for each throw: the most urgent, then what the person skipped longest ago.

    Near-duplicates of what somebody holds come only where nothing else is left.
    """
    found: list[ReviewTask] = []
    count = len(throws)
    for thrown in throws:
        measuring = probes.due(project, reviewer, now, filters, dice, thrown)
        if measuring is not None:
            found += lease(measuring, reviewer, now, 1, span)
    again, never = rows.skipped(project, reviewer)
    put_off = [*again, *never]

    def free() -> QuerySet[ReviewTask]:
        return narrow(rows.free_for(project, reviewer), filters, project, reviewer)

    if len(found) < count:
        usual = not (filters or put_off)
        among = None if usual else free().exclude(pk__in=put_off)
        found += _lease_apart(project, reviewer, now, count - len(found), span, among)
    for pk in again:
        if len(found) < count:
            # after what was found above, also where both are held and one is resumed
            moment = now + timedelta(microseconds=len(found))
            found += lease(free().filter(pk=pk), reviewer, moment, 1, span)
    return found


def _claim_usual(
    project: Project, reviewer: User, now: datetime, dice: Random, thrown: int
) -> ReviewTask | None:
    """What is held or most urgent, or one to measure by; None where something else has to do."""
    claimed = claiming.claim(project, reviewer, now, LEASE, thrown)
    if claimed is None:
        measuring = probes.due(project, reviewer, now, Filters(), dice, thrown)
        found = [] if measuring is None else lease(measuring, reviewer, now, 1, LEASE)
        if found:
            return found[0]
        claimed = claiming.claim(project, reviewer, now, LEASE, probes.SPARED)
    return _exemplar_of(claimed, project, reviewer, now) if claimed else None


def _exemplar_of(claimed: Claimed, project: Project, reviewer: User, now: datetime) -> ReviewTask:
    """What was claimed, or its cluster's exemplar where that is free."""
    if claimed.exemplar in (None, claimed.task.example_id):
        return claimed.task

    def free() -> QuerySet[ReviewTask]:
        return rows.free_for(project, reviewer)

    return _one_of_each([claimed.task], free, reviewer, now, LEASE)[0]


def _lease_apart(
    project: Project,
    reviewer: User,
    now: datetime,
    count: int,
    span: timedelta,
    among: QuerySet[ReviewTask] | None,
) -> list[ReviewTask]:
    """Lease slots that are no near-duplicates; `among` is None where all that is free will do."""
    if among is None:
        plain = leasing.lease_next(project, reviewer, now, count, span)
    else:
        plain = lease(likeness.apart(among), reviewer, now, count, span)

    def free() -> QuerySet[ReviewTask]:
        return rows.free_for(project, reviewer) if among is None else among

    found = _one_of_each(plain, free, reviewer, now, span)
    if not found and span == LEASE:
        found = lease(free(), reviewer, now, count, span)
    return found


def _one_of_each(
    tasks: list[ReviewTask],
    free: Callable[[], QuerySet[ReviewTask]],
    reviewer: User,
    now: datetime,
    span: timedelta,
) -> list[ReviewTask]:
    """One slot of each cluster, the exemplar's where it is free; the others are given back."""
    places, kept, clusters = likeness.places_of(tasks), [], set()
    for task in tasks:
        cluster, exemplar = places.get(task.example_id, (None, task.example_id))
        better = [task]
        if cluster in clusters:
            better = []
        elif exemplar != task.example_id:
            better = lease(free().filter(example=exemplar), reviewer, now, 1, span) or better
        if better != [task]:
            release(task, lease_of(task), now)
        clusters |= {cluster} - {None}
        kept += better
    return kept


_FIRST_HELD = Query(
    lambda project, reviewer, now: held_by(project, reviewer, now)[:1],
    project=Project,
    reviewer=User,
    now=datetime,
)


def _back(task: ReviewTask) -> str:
    return State.ESCALATED if task.is_escalated else State.OPEN
