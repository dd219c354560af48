"""What changed from one frozen version to another: rows in, rows out, and rows that say otherwise.

Compared by example: a row's id is a hash of what it says, so a row that was labelled anew has
another one, while the example it comes from stays the same. A row counts with every example that
stands behind it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from curation import left_out, remains
from curation.models import DatasetRow, DatasetVersion
from curation.recipe import Difference, differences_of

OUT, IN, AGAIN = "out", "in", "again"
# What a row of both versions may say otherwise
OTHERWISE = {
    "category": ~Q(decision__category=OuterRef("decision__category")),
    "severity": ~Q(decision__severity=OuterRef("decision__severity")),
    "code": ~Q(decision__ideal=OuterRef("decision__ideal")),
    "split": ~Q(split=OuterRef("split")),
    "leads": ~Q(leads=OuterRef("leads")),
}
_LABEL = OTHERWISE["category"] | OTHERWISE["severity"] | OTHERWISE["code"]
DIFFERS = OTHERWISE | {AGAIN: ~Q(decision=OuterRef("decision")) & ~_LABEL}
KINDS = (IN, OUT, *DIFFERS)
TEXTS = ("example__prompt", "example__correction", "decision__category")


@dataclass(frozen=True)
class Changed:
    """One example that changed: its row now, its row before (None where there is none), and why.

    `why` is a reason of the version that does not hold it; empty where both do.
    """

    now: DatasetRow | None
    was: DatasetRow | None
    why: str = ""

    @property
    def row(self) -> DatasetRow:
        """The newer row."""
        row = self.now or self.was
        assert row is not None
        return row

    @property
    def is_split_other(self) -> bool:
        """Whether it went to another split."""
        return bool(self.now and self.was and self.now.split != self.was.split)


@dataclass(frozen=True)
class Changes:
    """How many examples changed, by kind; one may count under several kinds of otherwise."""

    counts: Mapping[str, int]
    same: int  # in both, under the same label, in the same split and place
    left: Mapping[str, int]  # of those out, by why the newer version does not hold them
    came: Mapping[str, int]  # of those in, by why the older version did not
    recipe: Sequence[Difference]
    erased: int  # rows of either that an erasure took, of which nothing can be said


def changes(before: DatasetVersion, after: DatasetVersion) -> Changes:
    """All figures; both versions are frozen and of one project."""
    counts = {kind: rows_of(before, after, kind).count() for kind in KINDS}
    otherwise = Q(*DIFFERS.values(), _connector=Q.OR)
    changed = _in_both(before, after, otherwise).count()
    return Changes(
        counts=counts,
        same=_kept(after).count() - counts[IN] - changed,
        left=_ranked(left_out.counted(after, rows_of(before, after, OUT))),
        came=_ranked(left_out.counted(before, rows_of(before, after, IN))),
        recipe=differences_of(before.recipe, after.recipe),
        erased=sum(remains.erased_of(version)[0] for version in (before, after)),
    )


def rows_of(before: DatasetVersion, after: DatasetVersion, kind: str) -> QuerySet[DatasetRow]:
    """The rows of one kind of change: those of `before` that are out, else those of `after`."""
    if kind == OUT:
        return _kept(before).filter(~Exists(_kept(after).filter(example=OuterRef("example"))))
    if kind == IN:
        return _kept(after).filter(~Exists(_kept(before).filter(example=OuterRef("example"))))
    return _in_both(before, after, DIFFERS[kind])


def told(
    before: DatasetVersion, after: DatasetVersion, kind: str, rows: Sequence[DatasetRow]
) -> list[Changed]:
    """These rows of one kind, each with its counterpart, or with why there is none."""
    examples = [_example_of(row) for row in rows]
    if kind == OUT:
        why = left_out.why_not(after, examples)
        return [Changed(None, row, why[_example_of(row)]) for row in rows]
    if kind == IN:
        why = left_out.why_not(before, examples)
        return [Changed(row, None, why[_example_of(row)]) for row in rows]
    earlier = _kept(before).filter(example__in=examples).select_related("decision__category")
    was = {row.example_id: row for row in earlier}
    return [Changed(row, was[row.example_id]) for row in rows]


def before_of(version: DatasetVersion) -> QuerySet[DatasetVersion]:
    """The frozen versions it can be compared with, newest first: of its project, but itself."""
    frozen = DatasetVersion.objects.filter(
        project=version.project_id, state=DatasetVersion.State.FROZEN
    )
    return frozen.exclude(pk=version.pk).order_by("-number")


def _kept(version: DatasetVersion) -> QuerySet[DatasetRow]:
    return version.rows.filter(example__isnull=False)


def _example_of(row: DatasetRow) -> int:
    assert row.example_id is not None  # no tombstone is among them
    return row.example_id


def _in_both(before: DatasetVersion, after: DatasetVersion, differs: Q) -> QuerySet[DatasetRow]:
    earlier = _kept(before).filter(differs, example=OuterRef("example"))
    return _kept(after).filter(Exists(earlier))


def _ranked(found: Counter[str]) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
