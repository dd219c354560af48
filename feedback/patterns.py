"""A project's own masking patterns: checked when they are saved, tried before, ended for good.

They run under RE2, so none can hold a worker up; what could do harm is one that matches nearly
everything, and one that matches nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import re2
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from feedback import masks
from feedback.masking.masker import Masked, Policy, masked
from feedback.masking.placeholders import pepper_for
from feedback.masking.rules import MEMORY, Rule, compiled, family
from feedback.models import MaskingPattern
from governance.ledger import record
from governance.models import Project, User

MOST = 50
# What is in any code; a pattern that matches one of these would leave nothing to learn from
HARMLESS = ("", "a", "0", " ", "\n", "x = 1\n", "return None\n", "public static void main() {}\n")


class PatternRefused(Exception):
    """The pattern cannot be taken; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a pattern makes of a text."""

    text: str
    count: int


def patterns_of(project: Project) -> QuerySet[MaskingPattern]:
    """All of them, those in force first."""
    found = MaskingPattern.objects.filter(project=project).select_related("created_by", "ended_by")
    return found.order_by("ended_at", "name", "pk")


def tried(name: str, expression: str, sample: str) -> Tried:
    """What the pattern alone would make of a sample. Raises PatternRefused."""
    check(expression)
    policy = Policy(pepper_for("a preview", 0), family([Rule(name, expression)]))
    result = masked({0: {"output": sample}}, policy, lambda: 0.0)[0]
    if not isinstance(result, Masked):
        raise PatternRefused(gettext("The sample could not be searched. Nothing was saved."))
    return Tried(result.value["output"], result.counts[name])


@transaction.atomic
def save(project: Project, name: str, expression: str, by: User, now: datetime) -> MaskingPattern:
    """Put a pattern in force. Raises PatternRefused.

    The ledger gets its digest: an expression may itself be what must not be read.
    """
    check(expression)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    live = MaskingPattern.objects.filter(project=project, ended_at=None)
    if live.filter(name=name).exists():
        said = gettext("There is a pattern called {name} already. End it first.")
        raise PatternRefused(said.format(name=name))
    if live.count() >= MOST:
        said = gettext("There are {count} patterns already. End one first.")
        raise PatternRefused(said.format(count=MOST))
    made = MaskingPattern.objects.create(
        project=project, name=name, expression=expression, created_by=by, created_at=now
    )
    record(
        *(project, by, "masking pattern saved", name, now),
        subject_digest=hashlib.sha256(expression.encode()).hexdigest(),
    )
    masks.forget(project.pk)
    return made


@transaction.atomic
def end(pattern: MaskingPattern, by: User, now: datetime) -> None:
    """Mask by it no longer; what it masked stays masked. Ending it twice changes nothing."""
    live = MaskingPattern.objects.filter(pk=pattern.pk, ended_at=None)
    if live.update(ended_at=now, ended_by=by):
        record(
            *(pattern.project, by, "masking pattern ended", pattern.name, now),
            subject_digest=hashlib.sha256(pattern.expression.encode()).hexdigest(),
        )
        masks.forget(pattern.project_id)


def check(expression: str) -> None:
    """Whether it may be put in force. Raises PatternRefused."""
    try:
        pattern = compiled(expression, MEMORY // 64)
    except re2.error as error:
        told = error.args[0].decode() if error.args else "it is too large"
        said = gettext("RE2 does not take it: {reason}. Nothing was saved.")
        raise PatternRefused(said.format(reason=told)) from None
    if any(pattern.search(each) for each in HARMLESS):
        raise PatternRefused(
            gettext(
                "It matches code that holds nothing to hide, so it would mask nearly everything."
                " Nothing was saved. Make it say more."
            )
        )
