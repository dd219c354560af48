"""What every plot stands on: how figures are written, round ticks, room between labels.

Every place is text with one decimal, so that no locale and no template can change a number.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

LINE = 13  # pixels from one line of 11-pixel text to the next
LETTER = 6  # pixels: the width of a letter in it, on the safe side


@dataclass(frozen=True)
class Table:
    """What a plot shows, as figures: heads, and rows of text."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Mark:
    """A text and where it stands along its axis."""

    at: str
    text: str


def place(value: float) -> str:
    """A place in the drawing, as SVG wants it."""
    return f"{value:.1f}"


def percent(share: float, decimals: int = 0) -> str:
    """A share between 0 and 1, as people read it: 0.314 is 31 %."""
    return f"{share * 100:.{decimals}f} %"


def count(value: int) -> str:
    """A whole number with thousands commas and a true minus sign."""
    return f"{value:,}".replace("-", "−")


def interval(low: float | None, high: float | None) -> str:
    """An interval of shares as people read it: 30.9–31.9 %."""
    return "" if low is None or high is None else f"{low * 100:.1f}–{high * 100:.1f} %"


def day(value: date) -> str:
    """A day as axes name it: 8 Dec."""
    return f"{value.day} {value:%b}"


def cut(text: str, pixels: float) -> str:
    """The text, shortened to fit; the table behind the plot has all of it."""
    most = int(pixels // LETTER)
    return text if len(text) <= most else text[: most - 1] + "…"


def whole_ticks(high: int, most: int = 5) -> list[int]:
    """At most `most` round numbers, from 0 to `high` or just above."""
    high = max(high, 1)
    steps = (nice * 10**power for power in itertools.count() for nice in (1, 2, 5))
    step = next(step for step in steps if math.ceil(high / step) < most)
    return list(range(0, math.ceil(high / step) * step + 1, step))


def share_ticks(low: float, high: float, most: int = 5) -> list[int]:
    """At most `most` round shares around low and high, inside 0 and 1, in thousandths."""
    first = min(math.floor(low * 1000), 999)
    last = max(math.ceil(high * 1000), first + 1)
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500):
        ticks = range(first // step * step, -(-last // step) * step + 1, step)
        if len(ticks) <= most:
            return list(ticks)
    return [0, 500, 1000]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The wanted places moved apart by at least `gap`, inside low and high, order kept."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    found = [0.0] * len(wanted)
    floor = low
    for n in order:
        found[n] = max(wanted[n], floor)
        floor = found[n] + gap
    ceiling = high
    for n in reversed(order):
        found[n] = min(found[n], ceiling)
        ceiling = found[n] - gap
    return found
