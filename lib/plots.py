"""The geometry of plots: values in, places in an SVG out. templates/plots/ draws them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext

from lib.scales import LINE, Mark, Table, count, day, place, spread, whole_ticks

# ---- areas over weeks -----------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """One named series of counts; `colour` 1 to 6 is its plot colour."""

    name: str
    values: tuple[int, ...]
    colour: int


@dataclass(frozen=True)
class Area:
    """One band of a stack, its label and where that stands."""

    name: str
    colour: int
    points: str
    last: str
    label_at: str


@dataclass(frozen=True)
class Stack:
    """One drawing of a stack."""

    width: int
    height: int
    left: str
    right: str
    base: str
    ups: tuple[Mark, ...]
    days: tuple[Mark, ...]
    areas: tuple[Area, ...]
    labelled: bool


@dataclass(frozen=True)
class Areas:
    """A stack of counts over weeks, drawn for wide and narrow screens, with its table."""

    says: str
    wide: Stack
    narrow: Stack
    table: Table


@dataclass(frozen=True)
class Frame:
    """Where a drawing's axes stand."""

    width: int
    height: int
    left: int
    right: int
    top: int
    base: int
    ticks: int
    days: int


WIDE = Frame(width=860, height=350, left=40, right=690, top=12, base=328, ticks=5, days=6)
NARROW = Frame(width=340, height=172, left=30, right=318, top=10, base=150, ticks=3, days=2)


def areas(says: str, weeks: Sequence[date], series: Sequence[Series]) -> Areas | None:
    """Counts per week, stacked in the order given from the bottom. None: nothing was counted.

    A series without any count is in the table only.
    """
    drawn = [each for each in series if any(each.values)]
    if not drawn:
        return None
    return Areas(
        says=says,
        wide=_stack(WIDE, weeks, drawn, labelled=True),
        narrow=_stack(NARROW, weeks, drawn, labelled=False),
        table=Table(
            heads=(gettext("Week of"), *(each.name for each in series), gettext("All")),
            rows=tuple(
                (
                    day(week),
                    *(count(each.values[n]) for each in series),
                    count(sum(each.values[n] for each in series)),
                )
                for n, week in enumerate(weeks)
            ),
        ),
    )


def stacked(series: Sequence[Series]) -> list[list[int]]:
    """The edges between bands: the zero line, then after each series the sum so far."""
    edges = [[0] * len(series[0].values)]
    for each in series:
        edges.append([below + value for below, value in zip(edges[-1], each.values, strict=True)])
    return edges


def _stack(frame: Frame, weeks: Sequence[date], series: Sequence[Series], labelled: bool) -> Stack:
    edges = stacked(series)
    ticks = whole_ticks(max(edges[-1]), frame.ticks)

    def up(value: float) -> float:
        return frame.base - (frame.base - frame.top) * value / ticks[-1]

    xs = across(frame, len(weeks))
    middles = [up((under[-1] + over[-1]) / 2) + 4 for under, over in pairwise(edges)]
    labels = spread(middles, LINE, frame.top, frame.base)
    return Stack(
        width=frame.width,
        height=frame.height,
        left=place(frame.left),
        right=place(frame.right),
        base=place(frame.base),
        ups=tuple(Mark(place(up(tick)), count(tick)) for tick in ticks),
        days=days(frame, weeks, xs),
        areas=tuple(
            Area(
                name=each.name,
                colour=each.colour,
                points=_band(xs, [up(v) for v in edges[n]], [up(v) for v in edges[n + 1]]),
                last=count(each.values[-1]),
                label_at=place(labels[n]),
            )
            for n, each in enumerate(series)
        ),
        labelled=labelled,
    )


def across(frame: Frame, weeks: int) -> list[float]:
    """Where each of so many weeks stands."""
    if weeks == 1:
        return [(frame.left + frame.right) / 2]
    step = (frame.right - frame.left) / (weeks - 1)
    return [frame.left + step * n for n in range(weeks)]


def _band(xs: Sequence[float], under: Sequence[float], over: Sequence[float]) -> str:
    if len(xs) == 1:  # one week has no width of its own: a bar
        xs, under, over = [xs[0] - 20, xs[0] + 20], [*under, *under], [*over, *over]
    there = [f"{place(x)},{place(y)}" for x, y in zip(xs, over, strict=True)]
    back = [f"{place(x)},{place(y)}" for x, y in zip(xs, under, strict=True)]
    return " ".join(there + back[::-1])


def days(frame: Frame, weeks: Sequence[date], xs: Sequence[float]) -> tuple[Mark, ...]:
    """Every n-th week and always the last, which is why the one before it may be left out."""
    step = max(1, math.ceil((len(weeks) - 1) / (frame.days - 1)))
    shown = [n for n in range(0, len(weeks), step) if len(weeks) - 1 - n >= step]
    return tuple(Mark(place(xs[n]), day(weeks[n])) for n in [*shown, len(weeks) - 1])


# ---- small ones -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Spark:
    """A line without axes, its last point marked; no line through a single point."""

    points: str
    last_x: str
    last_y: str


def spark(values: Sequence[float], width: int = 84, height: int = 28) -> Spark | None:
    """How a figure moved, oldest first, from 0 up. None: there is nothing to draw."""
    if not values:
        return None
    top = max(*values, 0) or 1
    step = (width - 4) / max(1, len(values) - 1)
    xs = [width - 2 - step * (len(values) - 1 - n) for n in range(len(values))]
    ys = [height - 3 - (height - 7) * value / top for value in values]
    points = " ".join(f"{place(x)},{place(y)}" for x, y in zip(xs, ys, strict=True))
    return Spark(points if len(values) > 1 else "", place(xs[-1]), place(ys[-1]))


@dataclass(frozen=True)
class Step:
    """One step of a funnel: how many were kept, and in words why the others were not."""

    name: str
    kept: int
    why: str = ""


@dataclass(frozen=True)
class Bar:
    """One step as drawn: `width` is an SVG width, `lost` says how many the step dropped."""

    name: str
    width: str
    kept: str
    lost: str
    why: str


def funnel(steps: Sequence[Step]) -> tuple[Bar, ...]:
    """Bars from 0, each a share of the first step."""
    whole = steps[0].kept if steps else 0
    before = [whole, *(step.kept for step in steps)]
    return tuple(
        Bar(
            name=step.name,
            width=f"{100 * step.kept / whole if whole else 0:.1f}%",
            kept=count(step.kept),
            lost=count(step.kept - came) if step.kept != came else "",
            why=step.why,
        )
        for step, came in zip(steps, before, strict=False)
    )
