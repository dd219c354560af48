"""The items behind the one in a reviewer's hands, leased so that nobody else opens them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from governance.models import Project, User
from reviews import queue, rows
from reviews.filters import Filters
from reviews.models import ReviewTask
from reviews.queue import Lease

AHEAD = 2  # items; more would keep them from others for no gain
MOST_HELD = 6  # of one page: the current one, those ahead, and decided ones on their way

type Named = tuple[int, UUID, int]  # slot, token, epoch


@transaction.atomic
def ahead(
    project: Project, person: User, now: datetime, filters: Filters, current: int
) -> list[ReviewTask]:
    """What the person holds beside the current item, topped up to AHEAD; the next first.

    Nothing for a page that lost its item: it has to say so before it goes on.
    """
    if not _hold_on_to(project, person, now, current):
        return []
    queue.claim_ahead(project, person, now, filters, AHEAD)
    held = rows.held_by(project, person, now).exclude(pk=current)
    return list(held[:MOST_HELD])


def _hold_on_to(project: Project, person: User, now: datetime, current: int) -> bool:
    """Whether the item on the screen is held; locked, so that its hold does not end meanwhile.

    Given back by a sweep between this and the next statement, it would be leased anew to the same
    person, and the page would hold a lease that is over.
    """
    held = rows.held_by(project, person, now).filter(pk=current)
    return bool(held.select_for_update(no_key=True).values_list("pk"))


def renew(project: Project, person: User, named: Iterable[Named], now: datetime) -> list[int]:
    """Renew these leases for a little; the slots of those still in force."""
    kept = []
    until = now + queue.AHEAD
    for task, lease in _leases(project, person, named):
        rows = queue.held(task, lease, now)
        if rows.filter(leased_until__lt=until).update(leased_until=until) or rows.exists():
            kept.append(task.pk)
    return kept


def give_back(project: Project, person: User, named: Iterable[Named], now: datetime) -> int:
    """Give slots fetched ahead back at once; the number that were still held for nothing more."""
    given = 0
    for task, lease in _leases(project, person, named):
        try:
            queue.release_ahead(task, lease, now)
            given += 1
        except queue.LeaseLost:
            continue
    return given


def _leases(
    project: Project, person: User, named: Iterable[Named]
) -> list[tuple[ReviewTask, Lease]]:
    proof = {task: Lease(person, token, epoch) for task, token, epoch in list(named)[:MOST_HELD]}
    rows = ReviewTask.objects.filter(project=project, pk__in=proof)
    return [(row, proof[row.pk]) for row in rows]
