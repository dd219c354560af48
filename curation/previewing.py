"""What a recipe would do to a project's own accepted examples, before it is put in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from curation import datasets
from curation.models import DatasetVersion, Decision, Example, Recall
from curation.planning import planned
from curation.recipe import Recipe
from curation.selection import Plan
from governance.models import Project

LOOKED_AT = 300  # accepted examples, the newest; a page must answer while somebody waits
SHOWN = 25


@dataclass(frozen=True)
class Moved:
    """An accepted example that a recipe lets in or keeps out, and why it is out in the other."""

    example: Example
    reason: str


@dataclass(frozen=True)
class Step:
    """One step of the funnel, by the recipe in force and by the draft; None: it has no such step"""

    name: str
    now: int | None
    then: int | None


@dataclass(frozen=True)
class Effect:
    """What a draft changes about the newest accepted examples."""

    looked_at: int
    steps: list[Step]
    out: list[Moved]  # at most SHOWN of them
    more_out: int
    come: list[Moved]
    more_come: int
    resplit: int  # rows whose split is another one

    @property
    def rows(self) -> tuple[int, int]:
        """Rows now, and by the draft."""
        last = self.steps[-1]
        return last.now or 0, last.then or 0


def effect_of(project: Project, draft: Recipe, now: datetime) -> Effect:
    """Plan a version of these examples twice; nothing is written."""
    accepted = Example.objects.filter(project=project, state=Example.State.ACCEPTED)
    examples = list(accepted.order_by("-id").values_list("pk", flat=True)[:LOOKED_AT])
    in_force = datasets.recipe_for(project)
    drafted = datasets.recipe_by(project, draft)
    before, after = (
        planned(_as_if(project, recipe, now), lambda: None, examples)
        for recipe in (in_force, drafted)
    )
    was, will = _reasons(before), _reasons(after)
    out = [pk for pk in will if pk not in was]
    come = [pk for pk in was if pk not in will]
    shown = Example.objects.in_bulk(out[:SHOWN] + come[:SHOWN])
    return Effect(
        looked_at=len(examples),
        steps=_steps(before, after),
        out=[Moved(shown[pk], will[pk]) for pk in out[:SHOWN]],
        more_out=len(out[SHOWN:]),
        come=[Moved(shown[pk], was[pk]) for pk in come[:SHOWN]],
        more_come=len(come[SHOWN:]),
        resplit=_resplit(before, after),
    )


def _as_if(project: Project, recipe: Mapping[str, Any], now: datetime) -> DatasetVersion:
    """A version as it would be asked for now; it is never saved."""
    return DatasetVersion(
        project=project,
        recipe=recipe,
        cutoff=now,
        earlier=datasets.frozen_of(project),
        last_recall=Recall.objects.filter(project=project).aggregate(last=Max("id"))["last"] or 0,
        last_decision=Decision.objects.aggregate(last=Max("id"))["last"] or 0,
    )


def _reasons(plan: Plan) -> dict[int, str]:
    return {each.example: each.reason for each in plan.left_out}


def _steps(before: Plan, after: Plan) -> list[Step]:
    now, then = (
        {step["step"]: step["kept"] for step in plan.funnel.steps()} for plan in (before, after)
    )
    names = [step for step in then if step != "corrections"]
    rows = Step("rows", len(before.rows), len(after.rows))
    return [*(Step(name, now.get(name), then[name]) for name in names), rows]


def _resplit(before: Plan, after: Plan) -> int:
    was = {each.example: row.split for row in before.rows for each in row.everyone}
    return sum(row.split != was.get(row.leader.example, row.split) for row in after.rows)
