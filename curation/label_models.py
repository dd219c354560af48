"""How a project's votes become a label: as its verdicts of random order were measured last.

Below LEAST verdicts nothing is measured, and labels are made by Dawid and Skene's model as it
comes. What is measured is kept as a row, and a dataset version's card says it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Max, QuerySet

from curation import categories
from curation.combination import Combination, Stacked, Votes
from curation.learned_voters import last_words
from curation.models import Decision, Example, LabelModel
from curation.panel import weights_of
from curation.votes import latest
from curation.voting import CURATOR, JUDGE
from governance.models import Project

LEAST = 30  # verdicts, below which figures would be a guess
DUE = 50  # more verdicts since the last time that make another one worth it
MOST = 5_000  # verdicts, the newest
PAGE = 500

type Gold = Collection[int] | QuerySet[Any]  # examples that came up in random order


class Measured(Protocol):
    """What measuring answers (curation.combining)."""

    @property
    def combination(self) -> Combination: ...
    @property
    def figures(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Told:
    """One verdict with the votes before it."""

    votes: Votes
    category: str


type Measure = Callable[[Sequence[Told], Mapping[str, int]], Measured]


def combination_of(project_id: int) -> Combination:
    """How votes of the project become a label."""
    rows = LabelModel.objects.filter(project=project_id).order_by("-number")
    newest = rows.values_list("stacker", "temperature").first()
    if newest is None:
        return Combination()
    stacker, temperature = newest
    return Combination(Stacked.of(stacker) if stacker else None, temperature)


def figures_of(project: Project) -> dict[str, Any] | None:
    """What was measured last, with the day; None where nothing was."""
    newest = LabelModel.objects.filter(project=project).order_by("-number").first()
    if newest is None:
        return None
    return {"measured_on": newest.measured_at.date().isoformat(), **newest.figures}


def is_due(project: Project, gold: Gold) -> bool:
    """Whether enough was decided in random order since the last time."""
    newest = LabelModel.objects.filter(project=project).order_by("-number").first()
    fresh, wanted = newest_of(project, gold), LEAST
    if newest:
        fresh, wanted = fresh.filter(at__gt=newest.measured_at), DUE
    return fresh[:wanted].count() >= wanted


def remeasure(project: Project, gold: Gold, measure: Measure, now: datetime) -> LabelModel | None:
    """Measure on the newest verdicts of random order, and keep it; None where they are too few."""
    told = _told(project, gold)
    if len(told) < LEAST:
        return None
    found = measure(told, weights_of(project.pk))
    stacked = found.combination.stacked
    return _kept(
        LabelModel(
            project=project,
            gold=len(told),
            stacker=stacked.to_json() if stacked else None,
            temperature=found.combination.temperature,
            figures=dict(found.figures),
            measured_at=now,
        )
    )


@transaction.atomic
def _kept(row: LabelModel) -> LabelModel:
    Project.objects.select_for_update(no_key=True).get(pk=row.project_id)
    mine = LabelModel.objects.filter(project=row.project_id)
    row.number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    row.save()
    return row


def newest_of(project: Project, gold: Gold) -> QuerySet[Decision]:
    """The verdicts of random order that hold, the newest first."""
    return last_words(project).filter(example__in=gold).order_by("-id")


def _told(project: Project, gold: Gold) -> list[Told]:
    """The newest verdicts with the votes of everybody whose word is weighed, in order."""
    tops = categories.tops(project)
    said = dict(newest_of(project, gold)[:MOST].values_list("example_id", "category_id"))
    found = []
    for page in batched(sorted(said), PAGE):
        votes = latest(Example.objects.filter(pk__in=page))
        for example in page:
            mine = votes.get(example, {})
            heard = [
                (voter, tops.get(vote.category_id or 0))
                for voter, vote in sorted(mine.items())
                if voter not in (JUDGE, CURATOR)
            ]
            found.append(Told(heard, tops[said[example]]))
    return found
