"""A dispute as the curator sees it: what can be done with the example, and who chose it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from curation.models import Example
from reviews import verdicts
from reviews.blindness import QUALITY
from reviews.diffing import Diff, diff
from reviews.models import ReviewTask, Verdict
from reviews.queue import Lease
from reviews.settlement import Word, word_of

Kind = Verdict.Kind
HASTY_MS = 2_000
ADOPTABLE = (Kind.ACCEPT, Kind.FIX, Kind.REJECT)
SAYING = (*ADOPTABLE, Kind.UNSURE, Kind.REQUEUE, Kind.ESCALATE)


@dataclass(frozen=True)
class Choice:
    """One person's word on the example; hasty where they hardly looked."""

    verdict: int
    name: str
    at: datetime
    seconds: float | None
    is_hasty: bool
    is_blind: bool
    severity: str
    reason: str
    note: str


@dataclass(frozen=True)
class Option:
    """One thing to do with the example; `adopts` is the verdict to repeat, where it decides."""

    words: str
    category: str
    choices: tuple[Choice, ...]
    adopts: int | None
    changes: Diff | None


class NothingToAdopt(Exception):
    """The verdict decides nothing, or is none of this example's."""


def is_dispute(task: ReviewTask) -> bool:
    """Whether it is a curator's to settle, with every word on it in sight."""
    return task.kind == ReviewTask.Kind.ADJUDICATION or task.is_escalated


def words_on(example: Example) -> list[Verdict]:
    """What people said of the example and stand by, in order; nothing that only measured."""
    said = Verdict.objects.filter(
        task__example=example,
        kind__in=SAYING,
        undone_by__isnull=True,
    ).exclude(task__kind__in=QUALITY)
    return list(said.select_related("reviewer", "category", "fixed").order_by("id"))


def correction(example: Example) -> Diff:
    """What it is about: the model's output and the developer's correction."""
    return diff(
        example.output.text,
        example.ideal.text,
        language=example.language,
        file_path=example.file_path,
    )


def options(example: Example, said: Iterable[Verdict]) -> list[Option]:
    """The words, the same ones together, what decides something first and the most chosen of it."""
    groups: dict[tuple[str, Word | None], list[Verdict]] = {}
    for verdict in said:
        word = word_of(verdict) if verdict.kind in ADOPTABLE else None
        groups.setdefault((verdict.kind if word is None else "", word), []).append(verdict)
    found = [_option(example, each) for each in groups.values()]
    return sorted(found, key=lambda option: (option.adopts is None, -len(option.choices)))


def adopt(task: ReviewTask, lease: Lease, number: int, note: str, now: datetime) -> Verdict:
    """Decide the dispute as this verdict does. Raises NothingToAdopt or LeaseLost.

    In any other slot the person has not seen the words, and must not decide by them.
    """
    if not is_dispute(task):
        raise NothingToAdopt
    chosen = next((each for each in words_on(task.example) if each.pk == number), None)
    if chosen is None or chosen.kind not in ADOPTABLE:
        raise NothingToAdopt
    if chosen.kind == Kind.REJECT:
        return verdicts.reject(
            task, lease, now, reason=chosen.reason, category=chosen.category, note=note
        )
    assert chosen.category is not None
    category = chosen.category
    said: dict[str, Any] = {"severity": chosen.severity, "note": note}
    if chosen.fixed is not None:
        return verdicts.fix(task, lease, now, code=chosen.fixed.text, category=category, **said)
    return verdicts.accept(task, lease, now, category=category, **said)


def _option(example: Example, same: Sequence[Verdict]) -> Option:
    first = same[0]
    fixed = first.fixed.text if first.fixed else None
    return Option(
        words=gettext(WORDS[first.kind]),
        category=first.category.name if first.category and first.kind != Kind.REJECT else "",
        choices=tuple(_choice(each) for each in same),
        adopts=first.pk if first.kind in ADOPTABLE else None,
        changes=None
        if fixed is None
        else diff(
            example.ideal.text, fixed, language=example.language, file_path=example.file_path
        ),
    )


WORDS: dict[str, str] = {
    Kind.ACCEPT: gettext_noop("Accept the correction"),
    Kind.FIX: gettext_noop("Accept this fix"),
    Kind.REJECT: gettext_noop("Reject"),
    Kind.REQUEUE: gettext_noop("Rejected, and left to somebody else"),
    Kind.UNSURE: gettext_noop("Not sure"),
    Kind.ESCALATE: gettext_noop("Passed on"),
}


def _choice(verdict: Verdict) -> Choice:
    held = verdict.held_ms
    return Choice(
        verdict=verdict.pk,
        name=verdict.reviewer.username,
        at=verdict.at,
        seconds=None if held is None else held / 1000,
        is_hasty=held is not None and held < HASTY_MS,
        is_blind=verdict.is_blind,
        severity=verdict.get_severity_display(),
        reason=verdict.get_reason_display(),
        note=verdict.note,
    )
