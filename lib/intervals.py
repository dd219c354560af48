"""Estimates with their intervals as dots on lines. templates/plots/estimates.html draws them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from lib.scales import (
    LINE,
    Mark,
    Table,
    between,
    coefficient,
    coefficient_ticks,
    count,
    cut,
    duration,
    duration_ticks,
    durations,
    interval,
    percent,
    place,
    share_ticks,
)

NOTHING_YET = gettext_noop("No data yet")
SMALL = 30  # items; below it a share is shown as a first hint
HINT = gettext_noop("a first hint")  # what rests on so few says


@dataclass(frozen=True)
class Scale:
    """What is measured: round ticks in thousandths, how a value and an interval are written."""

    ticks: Callable[[float, float, int], list[int]]
    value: Callable[[float, int], str]
    interval: Callable[[float | None, float | None], str]
    head: str = gettext_noop("95 % interval")
    decimals: int = 1


SHARES = Scale(share_ticks, percent, interval)
COEFFICIENTS = Scale(coefficient_ticks, coefficient, between, decimals=2)
DURATIONS = Scale(duration_ticks, duration, durations, head=gettext_noop("Middle half"))


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; all three None where nothing was measured, for `missing`."""

    name: str
    note: str
    share: float | None
    low: float | None
    high: float | None
    live: bool = False
    seen: int | None = None
    missing: str = NOTHING_YET
    why: str = ""  # it has no interval


@dataclass(frozen=True)
class Row:
    """One estimate in the drawing; places are empty where nothing was measured."""

    name: str
    note: str
    live: bool
    name_at: str
    note_at: str
    at: str
    text_at: str
    low_at: str
    high_at: str
    share_at: str
    text: str


@dataclass(frozen=True)
class Dots:
    """One drawing of estimates, a row each."""

    width: int
    height: int
    base: str
    words_at: str
    left: str
    right: str
    is_above: bool
    ticks: tuple[Mark, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Estimates:
    """Estimates with their intervals, drawn for wide and narrow screens, with their table."""

    says: str
    wide: Dots
    narrow: Dots
    table: Table


@dataclass(frozen=True)
class Column:
    """Where a drawing of estimates has its columns and how far apart its rows are."""

    width: int
    left: int
    right: int
    row: int
    ticks: int
    is_above: bool = False  # names and notes stand above their line, on one line of their own


WIDE_DOTS = Column(width=544, left=168, right=470, row=46, ticks=5)
BROAD_DOTS = Column(width=760, left=200, right=680, row=46, ticks=6)  # for a card of two thirds
NARROW_DOTS = Column(width=340, left=8, right=276, row=42, ticks=4, is_above=True)


def estimates(
    says: str,
    rows: Sequence[Estimate],
    heads: tuple[str, str, str],
    scale: Scale = SHARES,
    counted: str = gettext_noop("Shown"),
    wide: Column = WIDE_DOTS,
) -> Estimates | None:
    """Values, top to bottom as given, each a dot on its interval. None: nothing was measured.

    `heads` name the first columns of the table: what, its note, its value; `counted` what it was
    measured on.
    """
    if all(each.share is None for each in rows):
        return None
    return Estimates(
        says=says,
        wide=_dots(wide, rows, scale),
        narrow=_dots(NARROW_DOTS, rows, scale),
        table=_estimate_table(rows, heads, scale, counted),
    )


def _estimate_table(
    rows: Sequence[Estimate], heads: tuple[str, str, str], scale: Scale, counted: str
) -> Table:
    counts = any(each.seen is not None for each in rows)
    found = []
    for each in rows:
        seen = ["" if each.seen is None else count(each.seen)] if counts else []
        span = scale.interval(each.low, each.high) or (gettext(each.why) if each.why else "")
        found.append((each.name, each.note, _shown(each, scale), span, *seen))
    return Table(
        (*heads, gettext(scale.head), *([gettext(counted)] if counts else [])), tuple(found)
    )


def _shown(each: Estimate, scale: Scale) -> str:
    return gettext(each.missing) if each.share is None else scale.value(each.share, scale.decimals)


def _dots(column: Column, rows: Sequence[Estimate], scale: Scale) -> Dots:
    ends = [end for each in rows for end in (each.low, each.share, each.high) if end is not None]
    ticks = scale.ticks(min(ends), max(ends), column.ticks)
    pixels = (column.right - column.left) / (ticks[-1] - ticks[0])
    decimals = 0 if all(tick % 10 == 0 for tick in ticks) else 1

    def x(value: float | None) -> str:
        return "" if value is None else place(column.left + (value * 1000 - ticks[0]) * pixels)

    base = 6 + column.row * len(rows)
    return Dots(
        width=column.width,
        height=base + 22,
        base=place(base),
        words_at=place(base + 16),
        left=place(column.left),
        right=place(column.width - 4),
        is_above=column.is_above,
        ticks=tuple(Mark(x(tick / 1000), scale.value(tick / 1000, decimals)) for tick in ticks),
        rows=tuple(_row(column, n, each, x, scale) for n, each in enumerate(rows)),
    )


def _row(
    column: Column, n: int, each: Estimate, x: Callable[[float | None], str], scale: Scale
) -> Row:
    top: float = 6 + column.row * n
    if column.is_above:
        middle, name_at, note_at = top + 28, top + LINE, top + LINE
        room = (column.width - 12) // 2
    else:
        middle = top + column.row / 2
        name_at = middle - 2 if each.note else middle + 4
        note_at, room = name_at + LINE - 1, column.left - 8
    return Row(
        name=cut(each.name, room),
        note=cut(each.note, room),
        live=each.live,
        name_at=place(name_at),
        note_at=place(note_at),
        at=place(middle),
        text_at=place(middle + 4),
        low_at=x(each.low),
        high_at=x(each.high),
        share_at=x(each.share),
        text=cut(_shown(each, scale), column.right - column.left),
    )
