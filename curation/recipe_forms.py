"""A recipe as a form: each field of it that dataset versions are made by, in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from curation.recipe import Recipe

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WHY = "why"
TOGETHER = ("repository", "session")


def _number(least: int, most: int) -> Callable[..., forms.Field]:
    return partial(forms.IntegerField, min_value=least, max_value=most)


_yes = partial(forms.BooleanField, required=False)
_count, _percent = _number(0, 10_000_000), _number(0, 100)


@dataclass(frozen=True)
class Asked:
    """One field of a recipe: its dotted name, and how it is asked for."""

    name: str
    kind: Callable[..., forms.Field]
    label: "StrPromise"
    hint: "StrPromise | str" = ""


SECTIONS: tuple[tuple["StrPromise", tuple[Asked, ...]], ...] = (
    (
        _("Size"),
        (
            Asked(
                "validity.least_tokens",
                _count,
                _("Fewest tokens"),
                _("Words and signs of prompt, output and code together."),
            ),
            Asked(
                "validity.most_tokens", _count, _("Most tokens"), _("Of output and code together.")
            ),
            Asked("validity.most_characters", _count, _("Most characters"), _("Of either side.")),
        ),
    ),
    (
        _("Parsing"),
        (
            Asked("parsing.python_must_parse", _yes, _("Python must parse")),
            Asked(
                "parsing.add_no_errors",
                _yes,
                _("No new parse errors"),
                _("In fifteen languages, compared with the output."),
            ),
        ),
    ),
    (
        _("Likeness"),
        (
            Asked(
                "duplicates.percent",
                _number(70, 100),
                _("Near-duplicates share, %"),
                _("Of all runs of five tokens. They become one row."),
            ),
            Asked(
                "decontamination.percent",
                _number(50, 100),
                _("Like a benchmark from, %"),
                _("Equal texts and twelve words in a row always count."),
            ),
        ),
    ),
    (
        _("Most rows from one source"),
        (
            Asked("caps.user", _count, _("A developer"), _("0 is no limit.")),
            Asked("caps.repository", _count, _("A repository"), _("0 is no limit.")),
            Asked(
                "caps.cluster",
                _count,
                _("A cluster"),
                _("Of rows that hang together by likeness. 0 is no limit."),
            ),
        ),
    ),
    (
        _("Split"),
        (
            Asked("split.shares.train", _percent, _("Train, %")),
            Asked("split.shares.validation", _percent, _("Validation, %")),
            Asked("split.shares.test", _percent, _("Test, %")),
            Asked("split.together.repository", _yes, _("A repository stays in one split")),
            Asked("split.together.session", _yes, _("A session stays in one split")),
        ),
    ),
)


class RecipeForm(forms.Form):
    """The fields of SECTIONS, and why. What the form does not ask for stays as it was in `base`."""

    def __init__(self, base: Recipe, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(_flat(base)))
        self.base = base
        for each in _asked():
            self.fields[each.name] = each.kind(label=each.label, help_text=each.hint)
        self.fields[WHY] = forms.CharField(
            label=_("Why"),
            max_length=300,
            required=False,
            help_text=_("For whoever reads the history of the recipe."),
        )

    def sections(self) -> Iterator[tuple["StrPromise", list[forms.BoundField]]]:
        """The fields under their headings."""
        for title, fields in SECTIONS:
            yield title, [self[each.name] for each in fields]

    def clean(self) -> dict[str, Any]:
        """The whole as a recipe, under `recipe`."""
        given = super().clean() or {}
        if not self.errors:
            try:
                given["recipe"] = _recipe(self.base, given)
            except ValidationError as error:
                for each in error.errors():
                    self.add_error(None, _SAID.get(each["loc"], _OTHERWISE))
        return given


_SAID: dict[tuple[int | str, ...], "StrPromise"] = {
    ("split",): _("The shares of train, validation and test do not add up to 100."),
}
_OTHERWISE = _("This is not a recipe that can be put in force.")


def _asked() -> Iterator[Asked]:
    for _title, fields in SECTIONS:
        yield from fields


def _flat(recipe: Recipe) -> Iterator[tuple[str, Any]]:
    """The value of each field that is asked for."""
    told = recipe.as_json()
    told["split"]["together"] = {each: each in recipe.split.together for each in TOGETHER}
    for asked in _asked():
        value: Any = told
        for part in asked.name.split("."):
            value = value[part]
        yield asked.name, value


def _recipe(base: Recipe, given: Mapping[str, Any]) -> Recipe:
    told = base.as_json()
    told["split"]["together"] = {}
    for asked in _asked():
        *parts, last = asked.name.split(".")
        place = told
        for part in parts:
            place = place[part]
        place[last] = given[asked.name]
    together = told["split"]["together"]
    told["split"]["together"] = ["cluster", *(each for each in TOGETHER if together[each])]
    return Recipe.model_validate(told)
