"""The recipe that the demo's curator sets between the first two dataset versions, and amends."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from config.demo.content import moment
from config.demo.stage import Act, Stage
from curation.project_recipes import set_recipe
from curation.recipe import Caps, Recipe

PROJECT, CURATOR = "ledger-platform", "maren"
SET = [
    (9.0, Recipe(), "What the field uses, before the next version is frozen."),
    (
        8.0,
        Recipe(caps=Caps(user=6, repository=200, cluster=2)),
        "No developer and no cluster is to own the set.",
    ),
]


def recipe_acts(stage: Stage) -> Iterator[Act]:
    """A curator begins with the defaults and then caps what one developer may give."""
    for number, (days_ago, recipe, why) in enumerate(SET):
        yield Act(moment(days_ago, stage.now), partial(_set, stage, recipe, why, number))


def _set(stage: Stage, recipe: Recipe, why: str, number: int, now: datetime) -> None:
    by = stage.people[CURATOR]
    set_recipe(stage.projects[PROJECT], recipe, why, by, now, after=number)
