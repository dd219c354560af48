"""What every plot stands on: how figures are written, round ticks, room between labels.

Every place is text with one decimal, so that no locale and no template can change a number.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.formats import date_format, get_format
from django.utils.translation import get_language, gettext

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


def written(figure: str) -> str:
    """A figure as Python writes it, 1,234.5, with the separators of the reader's language."""
    return figure.translate(_signs(get_language()))


@lru_cache(16)
def _signs(language: str | None) -> dict[int, str]:
    signs = get_format("THOUSAND_SEPARATOR", language), get_format("DECIMAL_SEPARATOR", language)
    return {ord(","): signs[0], ord("."): signs[1], ord("-"): "−"}


def hundredths(share: float | Decimal, decimals: int = 0) -> str:
    """A share between 0 and 1 as a number of per cent, a half always up, as people learn it.

    Every share that is shown goes through here, so that no two places round apart.
    """
    step = Decimal(1).scaleb(-decimals)
    return written(f"{(Decimal(str(share)) * 100).quantize(step, ROUND_HALF_UP):,}")


def percent(share: float | Decimal, decimals: int = 0) -> str:
    """A share between 0 and 1, as people read it: 0.314 is 31 %."""
    return f"{hundredths(share, decimals)} %"


def doubt(thousandths: int) -> int:
    """A label's doubt in whole per cent; rounded up, never to a certainty there was not."""
    return -(-thousandths // 10)


def certainty(probability: float) -> int:
    """A label's probability in whole per cent; with `doubt` it makes 100 (`reviews.slots`)."""
    return 100 - doubt(round(1000 * (1 - probability)))


def count(value: int) -> str:
    """A whole number with thousands commas and a true minus sign."""
    return written(f"{value:,}")


def interval(low: float | None, high: float | None) -> str:
    """An interval of shares as people read it: 30.9–31.9 %."""
    if low is None or high is None:
        return ""
    return f"{hundredths(low, 1)}–{hundredths(high, 1)} %"


def coefficient(value: float, decimals: int = 2) -> str:
    """A coefficient between −1 and 1, as people read it: 0.74."""
    return written(f"{value:.{max(decimals, 1)}f}".replace("-0.00", "0.00"))


def between(low: float | None, high: float | None) -> str:
    """An interval of coefficients: 0.61–0.83, or −0.10 to 0.25 where a dash would confuse."""
    if low is None or high is None:
        return ""
    if min(low, high) >= 0:
        return f"{coefficient(low)}–{coefficient(high)}"
    return gettext("{low} to {high}").format(low=coefficient(low), high=coefficient(high))


def duration(seconds: float, decimals: int = 0) -> str:
    """A short time as people read it: 41 s, 3 min, 1.5 h."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return written(f"{seconds / 3600:.1f}".removesuffix(".0")) + " h"


def durations(low: float | None, high: float | None) -> str:
    """From one time to another: 18 s–41 s."""
    return "" if low is None or high is None else f"{duration(low)}–{duration(high)}"


def day(value: date) -> str:
    """A day as axes name it: 8 Dec."""
    return date_format(value, "MONTH_DAY_FORMAT")


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


def coefficient_ticks(low: float, high: float, most: int = 5) -> list[int]:
    """At most `most` round coefficients around low and high, inside −1 and 1, in thousandths.

    Tenths at the least, because that is how the axis writes them.
    """
    first = min(math.floor(low * 1000), 999)
    last = max(math.ceil(high * 1000), first + 1)
    for step in (100, 200, 500, 1000):
        ticks = range(first // step * step, -(-last // step) * step + 1, step)
        if len(ticks) <= most:
            return list(ticks)
    return [-1000, 0, 1000]


def duration_ticks(low: float, high: float, most: int = 5) -> list[int]:
    """At most `most` round times from 0 to `high` or just above, in thousandths of a second."""
    unit = next((unit for unit in (3600, 60) if high >= 2 * unit), 1)
    return [tick * unit * 1000 for tick in whole_ticks(math.ceil(high / unit), most)]


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
