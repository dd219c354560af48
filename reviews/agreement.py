"""How far people agree on the same items, beyond chance, and how sure that is. Pure.

Percent agreement and Fleiss' kappa (Psychological Bulletin 76, 1971), Cohen's kappa for two
people (Educational and Psychological Measurement 20, 1960) and Krippendorff's alpha for nominal
values with missing ones (Computing Krippendorff's Alpha-Reliability, 2011). What cannot be said
is None with the reason in words: an undefined coefficient is neither 0 nor 1.

Intervals are percentile bootstraps that draw whole items (Efron, 1979), because the ratings of
one item depend on each other: RESAMPLES draws from a fixed seed, so the same ratings always give
the same interval. Items with the same counts are alike to every measure here; a draw is therefore
one multinomial over the kinds of item, and costs the same for a hundred items and a million.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from lib.intervals import SMALL
from lib.wilson import wilson

RESAMPLES = 2_000
SEED = 1960
MOST_UNDEFINED = 0.1  # of the draws; beyond it the others would make an interval that is too narrow
OTHERS = gettext_noop("any other")

NO_PAIRS = gettext_noop("no item has two answers yet")
ONE_VALUE = gettext_noop("only one answer was ever given, so chance alone would agree as well")
NOT_TWO = gettext_noop("Cohen's kappa compares two people")
NO_SPREAD = gettext_noop("all items came out the same way, so no interval can be drawn from them")
TOO_RARE = gettext_noop("an answer is too rare for an interval")

type Floats = NDArray[np.float64]
type Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Rating:
    """What one person said of one item; of several by the same person the last counts."""

    item: int
    rater: int | str
    value: str


@dataclass(frozen=True)
class Measure:
    """A coefficient with its 95 % interval; `why` says what is missing where one is None."""

    value: float | None
    low: float | None
    high: float | None
    items: int
    why: str = ""

    @property
    def is_small(self) -> bool:
        """Whether it rests on so few items that it only hints."""
        return self.items < SMALL


@dataclass(frozen=True)
class Agreement:
    """Every measure of the same ratings."""

    percent: Measure
    cohen: Measure
    fleiss: Measure
    alpha: Measure


def agreement(ratings: Iterable[Rating]) -> Agreement:
    """Of all ratings, whatever the number of people on each item."""
    items = _by_item(ratings)
    values = sorted({value for said in items.values() for value in said.values()})
    counts = [_counted(said.values(), values) for said in items.values()]
    return Agreement(
        percent=_percent(counts),
        cohen=_cohen(list(items.values()), values),
        fleiss=_fleiss(counts),
        alpha=_alpha(counts),
    )


def one_against_rest(ratings: Iterable[Rating], value: str) -> Agreement:
    """Of one answer against all others: do people agree on when it is given?"""
    return agreement(
        each if each.value == value else replace(each, value=OTHERS) for each in ratings
    )


def matching(shares: Sequence[float], nothing: str = NO_PAIRS) -> Measure:
    """Of items that each match to some share, between 0 and 1: their mean.

    Where all came out the same the interval is Wilson's over items, which is on the safe side.
    """
    if not shares:
        return _undefined(nothing, 0)
    kinds, often = _kinds([(share,) for share in shares])
    found = _measured(often, lambda drawn: drawn @ kinds[:, 0] / drawn.sum(axis=1))
    if found.value is None or found.low is not None:
        return found
    low, high = wilson(round(found.value * found.items), found.items)
    return replace(found, low=low, high=high, why="")


# ---- the four -------------------------------------------------------------------------------


def _percent(counts: Sequence[tuple[int, ...]]) -> Measure:
    """The share of pairs that agree, each item counting once."""
    return matching([float(each) for each in _agreeing(np.array(counts))] if counts else [])


def _fleiss(counts: Sequence[tuple[int, ...]]) -> Measure:
    """Over the items with the most usual number of ratings: kappa wants the same on each."""
    if not counts:
        return _undefined(NO_PAIRS, 0)
    sizes = Counter(sum(each) for each in counts)
    size = max(sizes, key=lambda number: (sizes[number], number))
    kinds, often = _kinds([each for each in counts if sum(each) == size])
    agreeing = _agreeing(kinds)

    def kappa(drawn: Floats) -> Floats:
        items = drawn.sum(axis=1)
        shares = drawn @ kinds / (items * size)[:, None]
        return _beyond_chance(drawn @ agreeing / items, (shares**2).sum(axis=1))

    return _measured(often, kappa)


def _alpha(counts: Sequence[tuple[int, ...]]) -> Measure:
    """1 − observed disagreement ÷ expected disagreement."""
    if not counts:
        return _undefined(NO_PAIRS, 0)
    kinds, often = _kinds(counts)
    sizes = kinds.sum(axis=1)
    differing = sizes * (1 - _agreeing(kinds))

    def alpha(drawn: Floats) -> Floats:
        of_each = drawn @ kinds
        total = of_each.sum(axis=1)
        expected = (total**2 - (of_each**2).sum(axis=1)) / (total - 1)
        return 1 - _divided(drawn @ differing, expected)

    return _measured(often, alpha)


def _cohen(items: Sequence[dict[int | str, str]], values: Sequence[str]) -> Measure:
    """Of the two people there are; with more, pairs of them can be compared one by one."""
    raters = sorted({rater for said in items for rater in said}, key=str)
    if not items:
        return _undefined(NO_PAIRS, 0)
    if len(raters) != 2:
        return _undefined(NOT_TWO, len(items))
    first, second = raters
    answers = [(said[first], said[second]) for said in items]
    kinds, often = _kinds(
        [(values.index(one), values.index(other)) for one, other in answers],
    )
    ones, others = (np.eye(len(values))[kinds[:, n].astype(int)] for n in (0, 1))
    same = (kinds[:, 0] == kinds[:, 1]).astype(float)

    def kappa(drawn: Floats) -> Floats:
        total = drawn.sum(axis=1)
        chance = ((drawn @ ones) * (drawn @ others)).sum(axis=1) / total**2
        return _beyond_chance(drawn @ same / total, chance)

    return _measured(often, kappa)


# ---- what they stand on ---------------------------------------------------------------------


def _by_item(ratings: Iterable[Rating]) -> dict[int, dict[int | str, str]]:
    """The items with at least two ratings, and who said what of them."""
    items: dict[int, dict[int | str, str]] = {}
    for each in ratings:
        items.setdefault(each.item, {})[each.rater] = each.value
    return {item: said for item, said in items.items() if len(said) > 1}


def _counted(said: Iterable[str], values: Sequence[str]) -> tuple[int, ...]:
    counted = Counter(said)
    return tuple(counted[value] for value in values)


def _kinds(rows: Sequence[tuple[float, ...]]) -> tuple[Floats, Floats]:
    """The different rows, in order, and how often each occurs."""
    counted = sorted(Counter(rows).items())
    return (
        np.array([row for row, _ in counted], dtype=np.float64),
        np.array([number for _, number in counted], dtype=np.float64),
    )


def _agreeing(kinds: Floats) -> Floats:
    """For each kind of item, the share of its pairs of ratings that agree."""
    sizes = kinds.sum(axis=1)
    return np.asarray((kinds * (kinds - 1)).sum(axis=1) / (sizes * (sizes - 1)))


def _beyond_chance(observed: Floats, chance: Floats) -> Floats:
    return _divided(observed - chance, 1 - chance)


def _divided(above: Floats, below: Floats) -> Floats:
    """Not a number where there is nothing to divide by; rounding must not make something of it."""
    defined = below > 1e-12
    return np.where(defined, above / np.where(defined, below, 1), np.nan)


def _measured(often: Floats, statistic: Statistic) -> Measure:
    """The statistic of the items as they are, and its interval over draws of as many items."""
    items = int(often.sum())
    value = float(statistic(often[None, :])[0])
    if np.isnan(value):
        return _undefined(ONE_VALUE, items)
    dice = np.random.default_rng(SEED)
    drawn = dice.multinomial(items, often / items, size=RESAMPLES).astype(np.float64)
    found = statistic(drawn)
    known = found[~np.isnan(found)]
    if len(known) < (1 - MOST_UNDEFINED) * RESAMPLES:
        return Measure(value, None, None, items, TOO_RARE)
    if np.ptp(known) < 1e-12:
        return Measure(value, None, None, items, NO_SPREAD)
    low, high = np.quantile(known, [0.025, 0.975])
    return Measure(value, float(low), float(high), items)


def _undefined(why: str, items: int) -> Measure:
    return Measure(None, None, None, items, why)
