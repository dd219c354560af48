"""How many are how long, in bars. templates/plots/histogram.html draws it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from lib.scales import Mark, Table, count, place, whole_ticks

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE = 340, 172, 36, 332, 12, 148
TICKS = 4
EDGES = 6  # of the bars' edges, at most so many are written


@dataclass(frozen=True)
class Bin:
    """One bar."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Histogram:
    """The bars with their axes, and the table behind them."""

    says: str
    width: int
    height: int
    left: str
    right: str
    base: str
    ups: tuple[Mark, ...]
    edges: tuple[Mark, ...]
    bars: tuple[Bin, ...]
    table: Table


def histogram(says: str, what: str, bins: Sequence[tuple[int, int]]) -> Histogram | None:
    """Draw `bins`: from which length on, and how many. None: there is nothing to draw.

    They follow each other without a gap; each ends where the next begins, the last at its double.
    `what` names the things that were counted.
    """
    if not bins:
        return None
    ends = [*(start for start, _ in bins[1:]), max(1, 2 * bins[-1][0])]
    ticks = whole_ticks(max(number for _, number in bins), TICKS)
    step = (RIGHT - LEFT) / len(bins)

    def up(value: float) -> float:
        return BASE - (BASE - TOP) * value / ticks[-1]

    return Histogram(
        says=says,
        width=WIDTH,
        height=HEIGHT,
        left=place(LEFT),
        right=place(RIGHT),
        base=place(BASE),
        ups=tuple(Mark(place(up(tick)), count(tick)) for tick in ticks),
        edges=_edges([bins[0][0], *ends], step),
        bars=tuple(
            Bin(
                place(LEFT + n * step + 1), place(up(many)), place(step - 2), place(BASE - up(many))
            )
            for n, (_, many) in enumerate(bins)
        ),
        table=Table(
            heads=(gettext("From"), gettext("To below"), what),
            rows=tuple(
                (count(start), count(end), count(many))
                for (start, many), end in zip(bins, ends, strict=True)
            ),
        ),
    )


def _edges(edges: Sequence[int], step: float) -> tuple[Mark, ...]:
    every = -(-len(edges) // EDGES)
    return tuple(
        Mark(place(LEFT + n * step), count(edge)) for n, edge in enumerate(edges) if n % every == 0
    )
