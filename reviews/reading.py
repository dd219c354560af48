"""How a person reads the diff: what they keep, and what the address says for this once. Pure.

What is chosen is kept in cookies and holds for every item; an address may override it for who
follows it, keeps nothing, and the page says so. Nothing changes the layout silently.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviews.diffing import FURTHER, WINDOW, Hide, How
from reviews.finding_filter import Wanted

CHOICES = {
    "view": ("split", "unified"),
    "hide": ("nothing", "blanks", "format"),
    "blanks": ("hidden", "shown"),
}
COOKIES = {name: f"review_{name}" for name in CHOICES}
HIDES: dict[str, Hide] = {"blanks": "blanks", "format": "format"}
MOST_FOLDS = 500  # that one address opens; more is a mistake or an attack


@dataclass(frozen=True)
class Reading:
    """The choices in force, and which part of the diff is wanted."""

    view: str = "split"
    hide: str = "nothing"
    blanks: str = "hidden"
    overridden: tuple[str, ...] = ()  # choices that the address makes and the person does not keep
    unfolded: frozenset[int] = frozenset()
    all_unfolded: bool = False
    first: int | None = None  # the row a window of the diff begins at, where one was asked for
    until: int | None = None
    wanted: Wanted = Wanted()

    @property
    def how(self) -> How:
        """What the diff needs to know of it."""
        return How(
            hide=HIDES.get(self.hide, "nothing"),
            unfolded=self.unfolded,
            all_unfolded=self.all_unfolded,
            first=self.first or 0,
            until=self.until,
            most=FURTHER if self.first else WINDOW,
        )

    @property
    def open_folds(self) -> list[int]:
        """The numbers of the open folds, as an address lists them."""
        return sorted(self.unfolded)


def reading_of(lists: Mapping[str, Sequence[str]], cookies: Mapping[str, str]) -> Reading:
    """From the address and the cookies; what makes no sense in them is passed over."""
    kept = {name: _chosen(name, cookies.get(COOKIES[name], "")) for name in CHOICES}
    said = {name: _first(lists, name) for name in CHOICES}
    used = {name: said[name] if said[name] in CHOICES[name] else kept[name] for name in CHOICES}
    opened = lists.get("open", ())
    numbers = (number_in(value) for value in opened[:MOST_FOLDS])
    return Reading(
        **used,
        overridden=tuple(name for name in CHOICES if used[name] != kept[name]),
        unfolded=frozenset(number for number in numbers if number is not None),
        all_unfolded="all" in opened,
        first=number_in(_first(lists, "row")),
        until=number_in(_first(lists, "until")),
        wanted=Wanted.of(lists),
    )


def choices_in(sent: Mapping[str, str]) -> dict[str, str]:
    """What somebody chose to keep, by the name of its cookie."""
    return {
        COOKIES[name]: sent[name] for name, values in CHOICES.items() if sent.get(name) in values
    }


def number_in(text: str) -> int | None:
    """The whole number in an address, if it can be one of a row."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 9 else None


def _chosen(name: str, value: str) -> str:
    return value if value in CHOICES[name] else CHOICES[name][0]


def _first(lists: Mapping[str, Sequence[str]], name: str) -> str:
    values = lists.get(name, ())
    return values[0] if values else ""
