"""A share week by week, each a dot on its interval. templates/plots/trend.html draws it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from lib.plots import Frame, across, days
from lib.scales import Mark, Table, count, day, interval, percent, place


@dataclass(frozen=True)
class Week:
    """What was measured in one week, and on how many; all None where nothing was."""

    day: date
    share: float | None
    low: float | None
    high: float | None
    seen: int


@dataclass(frozen=True)
class Dot:
    """One week in the drawing."""

    x: str
    y: str
    low: str
    high: str


@dataclass(frozen=True)
class Path:
    """One drawing of a trend; `lines` join weeks that follow each other."""

    width: int
    height: int
    left: str
    right: str
    base: str
    ups: tuple[Mark, ...]
    days: tuple[Mark, ...]
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    last: str
    last_x: str
    last_y: str


@dataclass(frozen=True)
class Trend:
    """A share over weeks, drawn for wide and narrow screens, with its table."""

    says: str
    wide: Path
    narrow: Path
    table: Table


WIDE = Frame(width=430, height=170, left=44, right=384, top=10, base=144, ticks=5, days=4)
BROAD = Frame(width=640, height=180, left=44, right=590, top=10, base=154, ticks=5, days=6)
NARROW = Frame(width=340, height=140, left=44, right=296, top=10, base=116, ticks=3, days=2)


def trend(says: str, weeks: Sequence[Week], counted: str, wide: Frame = WIDE) -> Trend | None:
    """Shares from 0 to 1, so that trends beside each other compare. None: nothing was measured.

    `counted` names what each was measured on.
    """
    if all(each.share is None for each in weeks):
        return None
    return Trend(
        says=says,
        wide=_path(wide, weeks),
        narrow=_path(NARROW, weeks),
        table=Table(
            heads=(gettext("Week of"), gettext("Share"), gettext("95 % interval"), counted),
            rows=tuple(
                (
                    day(each.day),
                    gettext("No data") if each.share is None else percent(each.share),
                    interval(each.low, each.high),
                    count(each.seen),
                )
                for each in weeks
            ),
        ),
    )


def _path(frame: Frame, weeks: Sequence[Week]) -> Path:
    xs = across(frame, len(weeks))

    def up(share: float) -> str:
        return place(frame.base - (frame.base - frame.top) * share)

    dots = [
        Dot(place(x), up(each.share), _end(each.low, up), _end(each.high, up))
        for x, each in zip(xs, weeks, strict=True)
        if each.share is not None
    ]
    steps = [n / (frame.ticks - 1) for n in range(frame.ticks)]
    measured = [each.share for each in weeks if each.share is not None]
    return Path(
        width=frame.width,
        height=frame.height,
        left=place(frame.left),
        right=place(frame.right),
        base=place(frame.base),
        ups=tuple(Mark(up(step), percent(step)) for step in steps),
        days=days(frame, [each.day for each in weeks], xs),
        lines=tuple(_lines(weeks, xs, up)),
        dots=tuple(dots),
        last=percent(measured[-1]),
        last_x=dots[-1].x,
        last_y=dots[-1].y,
    )


def _end(share: float | None, up: Callable[[float], str]) -> str:
    return "" if share is None else up(share)


def _lines(weeks: Sequence[Week], xs: Sequence[float], up: Callable[[float], str]) -> Iterator[str]:
    """A week without a share breaks the line."""
    points: list[str] = []
    for x, each in zip(xs, weeks, strict=True):
        if each.share is None:
            yield from [" ".join(points)] if len(points) > 1 else []
            points = []
        else:
            points.append(f"{place(x)},{up(each.share)}")
    yield from [" ".join(points)] if len(points) > 1 else []
