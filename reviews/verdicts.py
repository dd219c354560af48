"""What people decide on a slot, and how they take it back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from curation import labeling
from curation.models import Category, Example, Vote
from curation.voting import JUDGE
from feedback import blobs
from governance.models import User
from lib.transitions import MoveRefused, move
from reviews import aftermath, blindness, drafts, guidelines, run_evidence, slots
from reviews.models import ReviewTask, Verdict
from reviews.queue import MOVES, UNLEASED, Lease, LeaseLost, fresh_lease, held
from reviews.settlement import Settled, settle, unsettle

__all__ = [
    "KeyReused",
    "LeaseLost",
    "TakenBack",
    "TooLate",
    "accept",
    "escalate",
    "fix",
    "reject",
    "reopen",
    "pass_on",
    "requeue",
    "skip",
    "snooze",
    "undo",
    "unsure",
]

State = ReviewTask.State
Kind = Verdict.Kind
UNDECIDED = (Kind.ESCALATE, Kind.SKIP, Kind.PASS, Kind.SNOOZE)


class KeyReused(Exception):
    """The client's key belongs to another decision: on another slot, or of another kind."""


class TakenBack(Exception):
    """The verdict sent under this key was undone; whoever decides anew does it under a new key."""


class TooLate(Exception):
    """The decision is no longer the last thing that happened to its slot."""


@transaction.atomic
def accept(
    task: ReviewTask, lease: Lease, now: datetime, *, category: Category, **said: Any
) -> Verdict:
    """The developer's correction is right as it is. Raises LeaseLost.

    Every verdict takes `severity`, `note`, `tags` and the client's `key`. Sent twice, it counts
    once: the second call returns the first one's row. A key stands for one person's one decision
    on one slot; otherwise KeyReused, and TakenBack once that decision was undone.
    """
    return _give(task, lease, now, Kind.ACCEPT, category=category, **said)


@transaction.atomic
def fix(
    task: ReviewTask, lease: Lease, now: datetime, *, code: str, category: Category, **said: Any
) -> Verdict:
    """The code to learn is the reviewer's; the developer's correction stays as it was sent.

    Raises LeaseLost.
    """
    fixed = blobs.keep(task.project, code)
    return _give(task, lease, now, Kind.FIX, category=category, fixed=fixed, **said)


@transaction.atomic
def reject(task: ReviewTask, lease: Lease, now: datetime, *, reason: str, **said: Any) -> Verdict:
    """Nothing to learn from it, for one of Verdict.Reason. Raises LeaseLost."""
    return _give(task, lease, now, Kind.REJECT, reason=reason, **said)


@transaction.atomic
def requeue(task: ReviewTask, lease: Lease, now: datetime, *, reason: str, **said: Any) -> Verdict:
    """Rejected by this person, but left to another one: a fresh slot opens. Raises LeaseLost."""
    return _give(task, lease, now, Kind.REQUEUE, reason=reason, **said)


@transaction.atomic
def unsure(task: ReviewTask, lease: Lease, now: datetime, **said: Any) -> Verdict:
    """The person cannot tell; once all have looked, a curator decides. Raises LeaseLost."""
    return _give(task, lease, now, Kind.UNSURE, **said)


@transaction.atomic
def escalate(task: ReviewTask, lease: Lease, now: datetime, **said: Any) -> Verdict:
    """Pass it on to a curator. Raises LeaseLost."""
    return _give(task, lease, now, Kind.ESCALATE, **said)


@transaction.atomic
def skip(task: ReviewTask, lease: Lease, now: datetime, **said: Any) -> Verdict:
    """Leave it to somebody else; it comes back to this person last. Raises LeaseLost."""
    return _give(task, lease, now, Kind.SKIP, **said)


@transaction.atomic
def pass_on(task: ReviewTask, lease: Lease, now: datetime, **said: Any) -> Verdict:
    """Leave it to somebody else for good: this person never sees it again. Raises LeaseLost."""
    return _give(task, lease, now, Kind.PASS, **said)


@transaction.atomic
def snooze(
    task: ReviewTask, lease: Lease, now: datetime, *, until: datetime, **said: Any
) -> Verdict:
    """Nobody sees it until then; it comes back by itself. Raises LeaseLost."""
    return _give(task, lease, now, Kind.SNOOZE, until=until, **said)


@transaction.atomic
def undo(verdict: Verdict, by: User, now: datetime) -> ReviewTask:
    """Take one's own verdict back: a compensating row, and the slot under a fresh lease.

    Raises TooLate when the slot has had another lease since, the verdict was undone, a curator is
    at the dispute it was part of or opened the example again, or it only measured.
    """
    if verdict.reviewer_id != by.pk or verdict.kind in (Kind.UNDO, Kind.REOPEN):
        raise TooLate
    task = ReviewTask.objects.select_related("example", "project").get(pk=verdict.task_id)
    if task.kind in blindness.QUALITY and verdict.kind not in Verdict.PUT_OFF:
        raise TooLate  # the person has seen the answer
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
            wakes_at=None,
            **fresh_lease(task, by, now),
        )
        decided = verdict.kind not in UNDECIDED
        decision = unsettle(task, verdict, by, now) if decided else None
    except (MoveRefused, Settled):
        raise TooLate from None
    Verdict.objects.create(
        task=task,
        reviewer=by,
        kind=Kind.UNDO,
        undoes=verdict,
        decision=decision,
        lease_epoch=task.lease_epoch,
        at=now,
    )
    aftermath.of_undo(task, verdict, now)
    return task


@transaction.atomic
def reopen(example: Example, by: User, now: datetime, *, note: str = "") -> Verdict:
    """Take the decision on an example back, whoever made it; a curator decides it anew.

    Raises TooLate unless it is decided. Whether the person may is the caller's question
    (Ability.CURATE).
    """
    last = ReviewTask.objects.filter(example=example, state=State.DECIDED).order_by("-decided_at")
    task = last.exclude(kind__in=[ReviewTask.Kind.GOLD, ReviewTask.Kind.AGAIN]).first()
    stored = Example.objects.select_for_update().get(pk=example.pk)
    if task is None or stored.state not in (Example.State.ACCEPTED, Example.State.REJECTED):
        raise TooLate
    decision = labeling.withdraw(stored, by=by, now=now)
    slots.add(stored, ReviewTask.Kind.ADJUDICATION, now)
    aftermath.of_reopening(task, by, now)
    return Verdict.objects.create(
        task=task,
        reviewer=by,
        kind=Kind.REOPEN,
        decision=decision,
        note=note,
        lease_epoch=task.lease_epoch,
        at=now,
    )


def _give(
    task: ReviewTask,
    lease: Lease,
    now: datetime,
    kind: str,
    *,
    key: UUID | None = None,
    tags: Iterable[str] = (),
    until: datetime | None = None,
    **said: Any,
) -> Verdict:
    """End the lease and append the verdict; where it completes the example, decide that too."""
    if key is not None and (given := _given_with(key, task, lease.holder, kind)):
        return given
    claimed_at = task.leased_at
    try:
        to, changes = _end_of(task, lease, kind, now, until)
        move(task, to, MOVES, rows=held(task, lease, now), **UNLEASED, **changes)
    except MoveRefused:
        return _given_before(task, lease, kind)
    verdict = Verdict(
        task=task,
        reviewer=lease.holder,
        kind=kind,
        lease_epoch=lease.epoch,
        held_ms=int((now - claimed_at).total_seconds() * 1000) if claimed_at else None,
        at=now,
        key=key,
        tags=list(tags),
        is_blind=blindness.is_blind(task, lease.holder),
        agrees_with_judge=_agrees(task, said.get("category")),
        guideline=guidelines.closest(task.project_id, said.get("category")),
        **said,
    )
    if to == State.DECIDED:
        verdict.decision = settle(task, verdict, now)
    _store(verdict)
    aftermath.of_verdict(task, verdict)
    drafts.forget(task, lease.holder)
    if to == State.DECIDED:
        run_evidence.keep(verdict)
    return verdict


def _end_of(
    task: ReviewTask, lease: Lease, kind: str, now: datetime, until: datetime | None
) -> tuple[str, dict[str, Any]]:
    """Where a verdict of this kind leaves the slot, and the columns that say so."""
    if kind == Kind.ESCALATE and task.kind not in blindness.QUALITY:
        return State.ESCALATED, {"is_escalated": True}
    if kind == Kind.SNOOZE and not task.is_escalated:
        return State.SNOOZED, {"wakes_at": until}
    if kind in (Kind.SKIP, Kind.PASS, Kind.SNOOZE):
        return (State.ESCALATED if task.is_escalated else State.OPEN), {}
    return State.DECIDED, {"decided_by": lease.holder, "decided_at": now}


def _given_with(key: UUID, task: ReviewTask, by: User, kind: str) -> Verdict | None:
    """The verdict the person's client sent under this key. Raises KeyReused or TakenBack."""
    given = Verdict.objects.filter(reviewer=by, key=key).select_related("undone_by").first()
    if given is None:
        return None
    if (given.task_id, given.kind) != (task.pk, kind):
        raise KeyReused
    if hasattr(given, "undone_by"):
        raise TakenBack
    return given


def _store(verdict: Verdict) -> None:
    """Append it. Raises KeyReused: its key was used on another slot at this very moment."""
    try:
        verdict.save(force_insert=True)
    except IntegrityError as error:
        if "verdict_key_once" in str(error):
            raise KeyReused from None
        raise


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


def _agrees(task: ReviewTask, category: Category | None) -> bool | None:
    """Whether the judge, hidden until now, named the same category."""
    if category is None:
        return None
    judge = Vote.objects.filter(example=task.example_id, labeler=JUDGE, category__isnull=False)
    named = judge.order_by("-version").values_list("category_id", flat=True).first()
    return None if named is None else named == category.pk
