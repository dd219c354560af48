"""Masking at the door: a project's policy, and what it leaves behind beside the records."""

import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.models import Sum
from django.db.models.functions import TruncDate

from feedback.masking.columns import Shift
from feedback.masking.masker import Policy, Result, masked
from feedback.masking.placeholders import pepper_for
from feedback.masking.rules import Family, Rule, family
from feedback.models import MaskedCount, MaskingPattern, OutputShift
from governance.models import Project

SECONDS = 10.0  # after which a process asks again which patterns are in force


@dataclass(frozen=True, slots=True)
class Counted:
    """How many things of a kind were masked on a day."""

    kind: str
    day: date
    total: int


_held: dict[int, tuple[float, Family | None]] = {}  # by project; each process has its own


def policy_for(project_id: int) -> Policy:
    """What the project masks with now; a pattern is in force everywhere 10 seconds after."""
    until, own = _held.get(project_id, (0.0, None))
    if until <= time.monotonic():
        own = _own(project_id)
        _held[project_id] = time.monotonic() + SECONDS, own
    return Policy(pepper_for(settings.SECRET_KEY, project_id), own)


def forget(project_id: int) -> None:
    """Ask again at the next request of this process."""
    _held.pop(project_id, None)


def remembered(project_id: int) -> Policy:
    """What the project masked with when this process asked last.

    Raises OperationalError where it never did.
    """
    if project_id not in _held:
        raise OperationalError("nobody knows what this project masks")
    return Policy(pepper_for(settings.SECRET_KEY, project_id), _held[project_id][1])


def prepared(
    project_id: int, values: Mapping[int, Any], policy: Policy | None = None
) -> tuple[Policy, dict[int, Result]]:
    """What came in one request, masked together; CPU time counts, not how busy the machine is."""
    policy = policy or policy_for(project_id)
    return policy, masked(values, policy, time.thread_time)


def keep(
    project_id: int,
    counts: Counter[str],
    shifts: Mapping[int, Collection[Shift]],
    now: datetime,
) -> None:
    """Keep what was masked in records just stored, and where columns went, by generation."""
    MaskedCount.objects.bulk_create(
        MaskedCount(project_id=project_id, kind=kind, count=count, at=now)
        for kind, count in sorted(counts.items())
    )
    OutputShift.objects.bulk_create(
        OutputShift(generation_id=pk, shifts=[list(each) for each in moved])
        for pk, moved in sorted(shifts.items())
    )


def shifts_of(generations: Collection[int]) -> dict[int, list[Shift]]:
    """Where columns of stored outputs went, by generation; most are not here."""
    if not generations:
        return {}
    found = OutputShift.objects.filter(generation__in=generations)
    return {
        pk: [(line, start, end, length) for line, start, end, length in shifts]
        for pk, shifts in found.values_list("generation_id", "shifts")
    }


def counted(project: Project, since: datetime) -> list[Counted]:
    """How many of each kind a day, the newest day first."""
    found = (
        MaskedCount.objects.filter(project=project, at__gte=since)
        .values_list("kind", TruncDate("at"))
        .annotate(total=Sum("count"))
        .order_by("-at__date", "kind")
    )
    return [Counted(kind, day, total) for kind, day, total in found]


def _own(project_id: int) -> Family | None:
    live = MaskingPattern.objects.filter(project=project_id, ended_at=None).order_by("pk")
    rules = [Rule(name, expression) for name, expression in live.values_list("name", "expression")]
    return family(rules) if rules else None
