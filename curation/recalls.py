"""Recalling a bad row: it stays in the versions that hold it, is named there, and comes in no more.

A frozen version never changes, so a recall says which versions hold the row and who learnt from
it. What must be gone from the files as well is erased (docs/erasure.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from curation.models import DatasetRow, DatasetVersion, Example, Recall
from governance.ledger import record
from governance.models import Project, User

SHOWN = 200  # examples behind one row that are recalled with it


class RecallRefused(Exception):
    """Nothing was recalled or taken back; the message says why, for a person."""


@dataclass(frozen=True)
class Held:
    """A frozen version that holds recalled examples, with its lines that say so."""

    version: DatasetVersion
    lines: int
    trained: int  # of them, in the train split


@dataclass(frozen=True)
class Kin:
    """Examples behind the same rows: those that say the same, and those that say nearly so."""

    same: list[Example]
    near: list[Example]


def standing(project: Project) -> QuerySet[Recall]:
    """The recalls that hold."""
    return Recall.objects.filter(project=project, is_recalled=True, pk=Subquery(_last_word()))


def recall_of(example: Example) -> Recall | None:
    """The recall of an example that holds, if there is one."""
    last = Recall.objects.filter(example=example).select_related("by").order_by("-id").first()
    return last if last is not None and last.is_recalled else None


def kin_of(example: Example) -> Kin:
    """What stands behind the rows of versions that an example stands behind, itself left out."""
    rows = DatasetRow.objects.filter(example=example)
    others = DatasetRow.objects.filter(
        Exists(rows.filter(version=OuterRef("version"), row_id=OuterRef("row_id")))
    ).exclude(Q(example=example) | Q(example=None))
    mine = set(rows.values_list("version_id", "row_id", "is_near"))
    same: set[int] = set()
    near: set[int] = set()
    told = others.values_list("example_id", "version_id", "row_id", "is_near").order_by("id")
    for pk, version, row, is_near in told[:SHOWN]:
        says_same = not is_near and (version, row, False) in mine
        (same if says_same else near).add(pk or 0)
    found = Example.objects.filter(pk__in=same | near).order_by("id")
    return Kin(
        same=[each for each in found if each.pk in same],
        near=[each for each in found if each.pk not in same],
    )


@transaction.atomic
def recall(
    example: Example, kind: str, why: str, by: User, now: datetime, *, with_near: bool = False
) -> list[Recall]:
    """Recall an example with all that say the same, or nearly so. Raises RecallRefused.

    The lock on the project orders it among requests for versions: one that is asked for later
    holds none of them, and one that was asked for before is named as holding them.
    """
    _hold(example)
    kin = kin_of(example)
    wanted = [example, *kin.same, *(kin.near if with_near else [])]
    held = set(
        standing(example.project).filter(example__in=wanted).values_list("example", flat=True)
    )
    fresh = [each for each in wanted if each.pk not in held]
    if not fresh:
        raise RecallRefused(gettext("It is recalled already. Nothing was done."))
    made = [
        Recall(
            project=example.project,
            example=each,
            is_recalled=True,
            kind=kind,
            why=why,
            by=by,
            at=now,
        )
        for each in fresh
    ]
    Recall.objects.bulk_create(made)
    _told(example, by, "example recalled", now, examples=len(made), kind=kind)
    return made


@transaction.atomic
def take_back(example: Example, why: str, by: User, now: datetime) -> Recall:
    """Let an example be learnt from again. Raises RecallRefused."""
    _hold(example)
    if recall_of(example) is None:
        raise RecallRefused(gettext("It is not recalled. Nothing was done."))
    made = Recall.objects.create(
        project=example.project, example=example, is_recalled=False, why=why, by=by, at=now
    )
    _told(example, by, "recall taken back", now)
    return made


def held_by(examples: Iterable[Example | int]) -> list[Held]:
    """The frozen versions that hold any of these examples, the newest first."""
    rows = DatasetRow.objects.filter(
        example__in=list(examples), version__state=DatasetVersion.State.FROZEN
    )
    return _held(rows)


def recalled_in(version: DatasetVersion | None) -> Held | None:
    """How many lines of a version stand for something that is recalled; None without a version."""
    if version is None:
        return None
    rows = DatasetRow.objects.filter(version=version, example__in=_examples(version.project))
    found = _held(rows)
    return found[0] if found else Held(version, 0, 0)


def _held(rows: QuerySet[DatasetRow]) -> list[Held]:
    trained = Count("row_id", distinct=True, filter=Q(split=DatasetRow.Split.TRAIN))
    counted = (
        rows.order_by()
        .values("version")
        .annotate(lines=Count("row_id", distinct=True), trained=trained)
    )
    told = {each["version"]: each for each in counted}
    versions = DatasetVersion.objects.filter(pk__in=told).order_by("-number")
    return [Held(each, told[each.pk]["lines"], told[each.pk]["trained"]) for each in versions]


def _examples(project: Project) -> QuerySet[Recall, Any]:
    return standing(project).values("example")


def _last_word() -> QuerySet[Recall, Any]:
    return Recall.objects.filter(example=OuterRef("example")).order_by("-id").values("pk")[:1]


def _hold(example: Example) -> None:
    Project.objects.select_for_update(no_key=True).get(pk=example.project_id)


def _told(example: Example, by: User, action: str, now: datetime, **details: Any) -> None:
    record(example.project, by, action, f"example {example.pk}", now, **details)


def in_order(project: Project) -> QuerySet[Recall]:
    """Every recall and every one taken back, with its example."""
    texts = ("example", "by")
    return Recall.objects.filter(project=project).select_related(*texts)


def stands(rows: Sequence[Recall]) -> set[int]:
    """Of these recalls, the keys of those that hold."""
    last = Recall.objects.filter(example__in=[each.example_id for each in rows])
    newest = last.order_by("example", "-id").distinct("example")
    return {each.pk for each in newest if each.is_recalled}
