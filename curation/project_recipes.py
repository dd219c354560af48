"""A project's recipe: set by a curator, kept version by version, and in force from then on.

A project that never set one makes its versions by the plain rules of `curation.datasets`; it is
not shown the difference behind its back: the first recipe is a decision of its own.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from curation import clean_rows, near_rows
from curation.models import DatasetRecipe
from curation.recipe import Recipe
from governance.ledger import record
from governance.models import Project, User


class RecipeMoved(Exception):
    """Somebody set another recipe meanwhile; the message says so, for a person."""


def latest(project: Project) -> DatasetRecipe | None:
    """The recipe in force; None where none was ever set."""
    return DatasetRecipe.objects.filter(project=project).order_by("-number").first()


@transaction.atomic
def set_recipe(
    project: Project, recipe: Recipe, why: str, by: User, now: datetime, *, after: int
) -> DatasetRecipe:
    """Put a recipe in force for versions asked for from now on; an equal one stays as it is.

    `after` is the number of the recipe that the person saw, 0 for none. Raises RecipeMoved where
    there is a later one: nobody overwrites what they have not read.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before = latest(project)
    number = before.number if before else 0
    if number != after:
        raise RecipeMoved(
            gettext(
                "Nothing was saved: somebody set recipe {number} meanwhile. Look at it, then"
                " change what you want to change."
            ).format(number=number)
        )
    if before is not None and before.digest == recipe.digest:
        return before
    made = DatasetRecipe.objects.create(
        project=project,
        number=number + 1,
        recipe=recipe.as_json(),
        digest=recipe.digest,
        why=why,
        set_by=by,
        set_at=now,
    )
    name = f"dataset recipe {made.number}"
    record(project, by, "dataset recipe set", name, now, subject_digest=made.digest, why=why)
    return made


def recipe_of(row: DatasetRecipe) -> Recipe:
    """The recipe as it was set."""
    return Recipe.model_validate(row.recipe)


def criteria(recipe: Recipe) -> dict[str, Any]:
    """What the recipe of a dataset version says of it. Whole numbers and words only.

    Reading, canonical texts, labels and outcome are not in it: what is stored was read and masked
    when it came, and a person decided about it with tests and findings in sight.
    """
    return {
        "validity": recipe.validity.model_dump(mode="json"),
        "parsing": recipe.parsing.model_dump(mode="json"),
        "caps": recipe.caps.model_dump(mode="json"),
        "near_duplicates": near_rows.RULE | {"percent": recipe.duplicates.percent},
        "decontamination": clean_rows.rule() | {"percent": recipe.decontamination.percent},
        "split": {
            "shares": recipe.split.shares,
            "together": [each for each in recipe.split.together if each != "cluster"],
            "salt": recipe.split.salt,
        },
    }
