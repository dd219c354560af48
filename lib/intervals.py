"""Shares with their intervals as dots on lines. templates/plots/estimates.html draws them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib.scales import LINE, Mark, Table, count, cut, interval, percent, place, share_ticks


@dataclass(frozen=True)
class Estimate:
    """A share with its interval; all three None where nothing was measured yet."""

    name: str
    note: str
    share: float | None
    low: float | None
    high: float | None
    live: bool = False
    seen: int | None = None


@dataclass(frozen=True)
class Row:
    """One estimate in the drawing; `share_at` is empty where nothing was measured."""

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


WIDE_DOTS = Column(width=544, left=168, right=470, row=46, ticks=5)
NARROW_DOTS = Column(width=340, left=112, right=276, row=32, ticks=4)


def estimates(says: str, rows: Sequence[Estimate], heads: tuple[str, str, str]) -> Estimates | None:
    """Shares, top to bottom as given, each a dot on its interval. None: nothing was measured.

    `heads` name the first columns of the table: what, its note, its share.
    """
    if all(each.share is None for each in rows):
        return None
    return Estimates(
        says=says,
        wide=_dots(WIDE_DOTS, rows),
        narrow=_dots(NARROW_DOTS, rows),
        table=_estimate_table(rows, heads),
    )


def _estimate_table(rows: Sequence[Estimate], heads: tuple[str, str, str]) -> Table:
    counted = any(each.seen is not None for each in rows)
    found = []
    for each in rows:
        seen = ["" if each.seen is None else count(each.seen)] if counted else []
        found.append((each.name, each.note, _shown(each), interval(each.low, each.high), *seen))
    return Table((*heads, "95 % interval", *(["Shown"] if counted else [])), tuple(found))


def _shown(each: Estimate) -> str:
    return "No data yet" if each.share is None else percent(each.share, 1)


def _dots(column: Column, rows: Sequence[Estimate]) -> Dots:
    ends = [end for each in rows for end in (each.low, each.share, each.high) if end is not None]
    ticks = share_ticks(min(ends), max(ends), column.ticks)
    scale = (column.right - column.left) / (ticks[-1] - ticks[0])
    decimals = 0 if all(tick % 10 == 0 for tick in ticks) else 1

    def x(share: float | None) -> str:
        return "" if share is None else place(column.left + (share * 1000 - ticks[0]) * scale)

    base = 6 + column.row * len(rows)
    return Dots(
        width=column.width,
        height=base + 22,
        base=place(base),
        words_at=place(base + 16),
        left=place(column.left),
        right=place(column.width - 4),
        ticks=tuple(Mark(x(tick / 1000), percent(tick / 1000, decimals)) for tick in ticks),
        rows=tuple(_row(column, n, each, x) for n, each in enumerate(rows)),
    )


def _row(column: Column, n: int, each: Estimate, x: Callable[[float | None], str]) -> Row:
    middle = 6 + column.row * (n + 0.5)
    name_at = middle - 2 if each.note else middle + 4
    return Row(
        name=cut(each.name, column.left - 8),
        note=cut(each.note, column.left - 8),
        live=each.live,
        name_at=place(name_at),
        note_at=place(name_at + LINE - 1),
        at=place(middle),
        text_at=place(middle + 4),
        low_at=x(each.low),
        high_at=x(each.high),
        share_at=x(each.share),
        text=_shown(each),
    )
