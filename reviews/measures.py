"""From answers to what a page plots: shares with intervals, weeks, times. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.utils.translation import gettext, gettext_noop, ngettext

from lib.intervals import HINT, NOTHING_YET, Estimate
from lib.plots import Series
from lib.scales import count
from lib.trends import Trend, Week, trend
from reviews.agreement import Measure, Rating, agreement, matching
from reviews.opinions import WINDOW, Answer

WEEK = timedelta(weeks=1)
WEEKS = WINDOW // WEEK
UNDEFINED = gettext_noop("Undefined")

type Dated = tuple[datetime, float]


def with_peers(found: Sequence[Answer], person: int) -> list[Dated]:
    """For each example the person answered as others did too: how many of the others agree."""
    others: dict[int, list[str]] = {}
    for each in found:
        if each.person != person:
            others.setdefault(each.example, []).append(each.value)
    return [
        (each.at, others[each.example].count(each.value) / len(others[each.example]))
        for each in found
        if each.person == person and each.example in others
    ]


def shared_ratings(found: Sequence[Answer], person: int) -> list[Rating]:
    """Everybody's answers to the examples the person answered."""
    mine = {each.example for each in found if each.person == person}
    return [Rating(each.example, each.person, each.value) for each in found if each.example in mine]


def against_key(said: Iterable[tuple[int, str, str]]) -> Measure:
    """Cohen's kappa of a person and a key, from (item, said, right)."""
    both = [
        Rating(item, rater, value)
        for item, mine, right in said
        for rater, value in (("person", mine), ("key", right))
    ]
    return agreement(both).cohen


def estimate(name: str, measure: Measure, of: str = "items") -> Estimate:
    """One row of a plot of measures; what rests on few items says so."""
    number = ngettext("{n} item", "{n} items", measure.items).format(n=count(measure.items))
    return Estimate(
        name=name,
        note=f"{number}, {gettext(HINT)}" if measure.items and measure.is_small else number,
        share=measure.value,
        low=measure.low,
        high=measure.high,
        seen=measure.items,
        missing=f"{gettext(UNDEFINED)}: {gettext(measure.why)}" if measure.items else NOTHING_YET,
        why=measure.why if measure.value is not None else "",
    )


def decisions_in_words(number: int) -> str:
    """How many decisions."""
    return ngettext("{n} decision", "{n} decisions", number).format(n=count(number))


def quartiles(name: str, times_ms: Sequence[int]) -> Estimate:
    """The median time and the middle half, in seconds."""
    if not times_ms:
        return Estimate(name, "", None, None, None, seen=0)
    low, middle, high = (float(each) / 1000 for each in np.quantile(times_ms, [0.25, 0.5, 0.75]))
    return Estimate(name, decisions_in_words(len(times_ms)), middle, low, high, seen=len(times_ms))


def weekly(says: str, dated: Iterable[Dated], now: datetime, counted: str) -> Trend | None:
    """A share for each of the last weeks."""
    shares: list[list[float]] = [[] for _ in range(WEEKS)]
    for at, share in dated:
        if (n := week_of(at, now)) is not None:
            shares[n].append(share)
    measures = [matching(each) for each in shares]
    weeks = [
        Week(day, each.value, each.low, each.high, each.items)
        for day, each in zip(week_days(now), measures, strict=True)
    ]
    return trend(says, weeks, counted)


def per_week(
    named: Sequence[tuple[str, str, int]], found: Sequence[tuple[str, datetime]], now: datetime
) -> list[Series]:
    """Counts per week of each kind; `named` gives a kind's key, its name and its plot colour."""
    counts = {key: [0] * WEEKS for key, _, _ in named}
    for key, at in found:
        n = week_of(at, now)
        if n is not None and key in counts:
            counts[key][n] += 1
    return [Series(name, tuple(counts[key]), colour) for key, name, colour in named]


def week_of(at: datetime, now: datetime) -> int | None:
    """Which of the last weeks a moment lies in, the oldest 0."""
    n = WEEKS - 1 - (now - at) // WEEK
    return n if 0 <= n < WEEKS else None


def week_days(now: datetime) -> list[date]:
    """When each of the last weeks began."""
    return [(now - WEEK * (WEEKS - n)).date() for n in range(WEEKS)]
