"""What people decide on a slot, and how they take it back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from curation import labeling
from curation.models import Category, Decision
from feedback import blobs
from governance.models import User
from lib.transitions import MoveRefused, move
from reviews.models import ReviewTask, Verdict
from reviews.queue import MOVES, UNLEASED, Lease, LeaseLost, fresh_lease, held

__all__ = ["LeaseLost", "TooLate", "accept", "escalate", "fix", "reject", "skip", "undo"]

State = ReviewTask.State
Kind = Verdict.Kind


class TooLate(Exception):
    """The decision is no longer the last thing that happened to its slot."""


@transaction.atomic
def accept(
    task: ReviewTask,
    lease: Lease,
    now: datetime,
    *,
    category: Category,
    severity: str = "",
    note: str = "",
) -> Verdict:
    """The developer's correction is right as it is. Raises LeaseLost.

    Sent twice, any verdict counts once: the second call returns the first one's row.
    """

    def decide() -> Decision:
        return labeling.accept(
            task.example,
            by=lease.holder,
            category=category,
            severity=severity,
            ideal=task.example.ideal,
            now=now,
        )

    said = {"category": category, "severity": severity, "note": note}
    return _give(task, lease, now, Kind.ACCEPT, decide, **said)


@transaction.atomic
def fix(
    task: ReviewTask,
    lease: Lease,
    now: datetime,
    *,
    code: str,
    category: Category,
    severity: str = "",
    note: str = "",
) -> Verdict:
    """The code to learn is the reviewer's; the developer's correction stays as it was sent.

    Raises LeaseLost.
    """
    fixed = blobs.keep(task.project, code)

    def decide() -> Decision:
        return labeling.accept(
            task.example,
            by=lease.holder,
            category=category,
            severity=severity,
            ideal=fixed,
            now=now,
        )

    said = {"category": category, "severity": severity, "note": note, "fixed": fixed}
    return _give(task, lease, now, Kind.FIX, decide, **said)


@transaction.atomic
def reject(
    task: ReviewTask,
    lease: Lease,
    now: datetime,
    *,
    reason: str,
    category: Category | None = None,
    severity: str = "",
    note: str = "",
) -> Verdict:
    """Nothing to learn from it, for one of Verdict.Reason. Raises LeaseLost."""

    def decide() -> Decision:
        return labeling.reject(
            task.example, by=lease.holder, reason=reason, category=category, now=now
        )

    said = {"category": category, "severity": severity, "reason": reason, "note": note}
    return _give(task, lease, now, Kind.REJECT, decide, **said)


@transaction.atomic
def escalate(task: ReviewTask, lease: Lease, now: datetime, *, note: str = "") -> Verdict:
    """Pass it on to a curator. Raises LeaseLost."""
    return _give(task, lease, now, Kind.ESCALATE, note=note)


@transaction.atomic
def skip(task: ReviewTask, lease: Lease, now: datetime, *, note: str = "") -> Verdict:
    """Leave it to somebody else; it comes back to this person last. Raises LeaseLost."""
    return _give(task, lease, now, Kind.SKIP, note=note)


@transaction.atomic
def undo(verdict: Verdict, by: User, now: datetime) -> ReviewTask:
    """Take one's own verdict back: a compensating row, and the slot under a fresh lease.

    Raises TooLate when the slot has had another lease since, or the verdict was undone.
    """
    if verdict.reviewer_id != by.pk or verdict.kind == Kind.UNDO:
        raise TooLate
    task = ReviewTask.objects.select_related("example", "project").get(pk=verdict.task_id)
    # Every lease has a new epoch: the same epoch means that nothing happened since.
    since = ReviewTask.objects.filter(lease_epoch=verdict.lease_epoch)
    was_escalated = task.is_escalated and verdict.kind != Kind.ESCALATE
    try:
        move(
            task,
            State.LEASED,
            MOVES,
            rows=since,
            decided_by=None,
            decided_at=None,
            is_escalated=was_escalated,
            **fresh_lease(task, by, now),
        )
    except MoveRefused:
        raise TooLate from None
    decision = None
    if verdict.decision_id is not None:
        decision = labeling.withdraw(task.example, by=by, now=now)
    Verdict.objects.create(
        task=task,
        reviewer=by,
        kind=Kind.UNDO,
        undoes=verdict,
        decision=decision,
        lease_epoch=task.lease_epoch,
        at=now,
    )
    return task


def _give(
    task: ReviewTask,
    lease: Lease,
    now: datetime,
    kind: str,
    decide: Callable[[], Decision] | None = None,
    **said: Any,
) -> Verdict:
    """End the lease and append the verdict; `decide` writes the decision on the example."""
    claimed_at = task.leased_at
    try:
        to, changes = _end_of(task, lease, kind, now)
        move(task, to, MOVES, rows=held(task, lease, now), **UNLEASED, **changes)
    except MoveRefused:
        return _given_before(task, lease, kind)
    return Verdict.objects.create(
        task=task,
        reviewer=lease.holder,
        kind=kind,
        decision=decide() if decide else None,
        lease_epoch=lease.epoch,
        held_ms=int((now - claimed_at).total_seconds() * 1000) if claimed_at else None,
        at=now,
        **said,
    )


def _end_of(task: ReviewTask, lease: Lease, kind: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Where a verdict of this kind leaves the slot, and the columns that say so."""
    if kind == Kind.ESCALATE:
        return State.ESCALATED, {"is_escalated": True}
    if kind == Kind.SKIP:
        return (State.ESCALATED if task.is_escalated else State.OPEN), {}
    return State.DECIDED, {"decided_by": lease.holder, "decided_at": now}


def _given_before(task: ReviewTask, lease: Lease, kind: str) -> Verdict:
    """The verdict that this same submit gave already. Raises LeaseLost if there is none."""
    given = Verdict.objects.filter(
        task=task,
        reviewer=lease.holder,
        lease_epoch=lease.epoch,
        kind=kind,
        undone_by__isnull=True,
    ).first()
    if given is None:
        raise LeaseLost
    return given
