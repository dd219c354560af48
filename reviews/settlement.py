"""From several people's verdicts to one decision on the example, or to a curator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from django.db.models import F, QuerySet

from curation import labeling
from curation.models import Category, Decision, Example
from feedback.models import Severity
from governance.models import User
from lib.transitions import MoveRefused
from reviews import slots
from reviews.models import ReviewTask, Verdict

State = ReviewTask.State
Kind = Verdict.Kind
TAKEN = (Kind.ACCEPT, Kind.FIX)


class Settled(Exception):
    """A curator is at the example, or has decided it: a review can no longer be taken back."""


class Standing(Enum):
    """Where an example stands, once every slot of it is decided."""

    SHORT = auto()  # more people have to look
    AGREED = auto()
    DISPUTED = auto()


@dataclass(frozen=True)
class Word:
    """What one verdict says about the example; two people agree when their words are equal."""

    taken: bool
    category: int | None
    ideal: str


def standing(given: Sequence[Verdict], wanted: int) -> Standing:
    """Pure. `given` are the counted verdicts; who is not sure leaves it to a curator."""
    if len(given) < wanted:
        return Standing.SHORT
    if any(verdict.kind == Kind.UNSURE for verdict in given):
        return Standing.DISPUTED
    return (
        Standing.AGREED if len({word_of(verdict) for verdict in given}) == 1 else Standing.DISPUTED
    )


def word_of(verdict: Verdict) -> Word:
    """Rejections agree whatever their reasons; accepted code has to be the same code."""
    if verdict.kind not in TAKEN:
        return Word(taken=False, category=None, ideal="")
    return Word(taken=True, category=verdict.category_id, ideal=str(verdict.fixed_id or ""))


def settle(task: ReviewTask, verdict: Verdict, now: datetime) -> Decision | None:
    """Decide the example if this verdict, not stored yet, completes it.

    Called in the verdict's transaction, after its slot has moved. The example's row is locked:
    of two last verdicts at once, the second sees the first.
    """
    if task.kind in (ReviewTask.Kind.GOLD, ReviewTask.Kind.AGAIN):
        return None
    example = Example.objects.select_for_update().get(pk=task.example_id)
    if task.kind == ReviewTask.Kind.ADJUDICATION:
        return _adjudicate(example, verdict, now)
    unfinished = _plain(example).exclude(state__in=[State.DECIDED, State.CLOSED])
    if unfinished.exists():
        return None
    given = list(standing_verdicts(example))
    if verdict.kind in Verdict.COUNTED:
        given.append(verdict)
    match standing(given, slots.wanted(example, _category(given))):
        case Standing.SHORT:
            slots.add(example, ReviewTask.Kind.PLAIN, now)
        case Standing.DISPUTED:
            slots.add(example, ReviewTask.Kind.ADJUDICATION, now)
        case Standing.AGREED:
            return _decide(example, given, verdict.reviewer, now)
    return None


def unsettle(task: ReviewTask, verdict: Verdict, by: User, now: datetime) -> Decision | None:
    """Take back what the example's verdicts had led to, because this one of them was undone.

    Raises Settled when a curator has opened it again, or holds or has decided the dispute.
    """
    if task.kind in (ReviewTask.Kind.GOLD, ReviewTask.Kind.AGAIN):
        return None
    example = (
        Example.objects.select_for_update(of=("self",))  # the project's row is everyone's
        .select_related("correction", "project")
        .get(pk=task.example_id)
    )
    reopened = Verdict.objects.filter(task__example=example, kind=Kind.REOPEN, pk__gt=verdict.pk)
    if reopened.exists():  # a curator has taken it over since
        raise Settled
    if task.kind == ReviewTask.Kind.PLAIN:
        _call_off(example)
        slots.close_surplus(example)
    if example.state not in (Example.State.ACCEPTED, Example.State.REJECTED):
        return None
    return labeling.withdraw(example, by=by, now=now)


def standing_verdicts(example: Example) -> QuerySet[Verdict]:
    """The last word of each decided slot that counts toward the example, in order."""
    return Verdict.objects.filter(
        task__example=example,
        task__kind=ReviewTask.Kind.PLAIN,
        task__state=State.DECIDED,
        task__lease_epoch=F("lease_epoch"),
        kind__in=Verdict.COUNTED,
        undone_by__isnull=True,
    ).order_by("id")


def _plain(example: Example) -> QuerySet[ReviewTask]:
    return ReviewTask.objects.filter(example=example, kind=ReviewTask.Kind.PLAIN)


def _category(given: Sequence[Verdict]) -> Category | None:
    """The category the policy goes by: the first that was accepted, else the suggested one."""
    return next((verdict.category for verdict in given if verdict.kind in TAKEN), None)


def _adjudicate(example: Example, verdict: Verdict, now: datetime) -> Decision | None:
    if verdict.kind in (Kind.UNSURE, Kind.REQUEUE):
        slots.add(example, ReviewTask.Kind.ADJUDICATION, now)
        return None
    return _decide(example, [verdict], verdict.reviewer, now)


def _call_off(example: Example) -> None:
    disputes = ReviewTask.objects.filter(
        example=example, kind=ReviewTask.Kind.ADJUDICATION
    ).exclude(state=State.CLOSED)
    try:
        slots.close(disputes)
    except MoveRefused:
        raise Settled from None


def _decide(example: Example, given: Sequence[Verdict], by: User, now: datetime) -> Decision:
    verdict = given[-1]
    if verdict.kind == Kind.REJECT:
        return labeling.reject(
            example, by=by, reason=verdict.reason, category=verdict.category, now=now
        )
    assert verdict.category is not None
    return labeling.accept(
        example,
        by=by,
        category=verdict.category,
        severity=_worst(given),
        ideal=verdict.fixed or example.ideal,
        now=now,
    )


def _worst(given: Sequence[Verdict]) -> str:
    order = ["", *Severity.values]
    return max((verdict.severity for verdict in given), key=order.index)
