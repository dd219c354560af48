"""What became of one correction: decided how and why, frozen where, learnt by which model."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from config.recalled import Learnt, learnt_from
from curation.consent import refusal_of
from curation.models import DatasetRow, Decision, Example
from reviews.models import Verdict


@dataclass(frozen=True)
class Fate:
    """Everything that followed from a correction, as far as it got."""

    decision: Decision | None  # the one that holds
    why: str
    note: str  # what the reviewer wrote with it
    is_fixed: bool  # the code to learn is a reviewer's
    rows: Sequence[DatasetRow]
    left_out: str  # why no version will hold it
    learnt: Sequence[Learnt]


def fate_of(example: Example) -> Fate:
    """What became of the correction behind an example; a fixed number of queries."""
    last = example.decisions.select_related("category", "ideal").order_by("-id").first()
    decision = None if last is None or last.outcome == Decision.Outcome.WITHDRAWN else last
    verdict = Verdict.objects.filter(decision=decision).first() if decision else None
    rows = list(example.dataset_rows.select_related("version").order_by("version__number"))
    return Fate(
        decision=decision,
        why=verdict.get_reason_display() if verdict else "",
        note=verdict.note if verdict else "",
        is_fixed=bool(decision and decision.ideal_id not in (None, example.ideal_id)),
        rows=rows,
        left_out=gettext(refusal_of(example)) if decision and not rows else "",
        # of versions where the row was trained on, not those it only measured
        learnt=learnt_from(row.version for row in rows if row.split == DatasetRow.Split.TRAIN),
    )
