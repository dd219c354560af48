"""How long to wait before the next try."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Callable

FIRST = 0.5  # seconds
LONGEST = 60.0
HELD = 600.0  # after an answer that only a person can change: a wrong key, a wrong address
LONGEST_ASKED = 3600.0  # a server that asks for more is asked again after this


def delay(attempt: int, chance: float, longest: float = LONGEST) -> float:
    """Seconds before try `attempt` + 1: doubling, the upper half of it by `chance` (0 to 1)."""
    ceiling = min(longest, FIRST * 2.0 ** min(attempt, 30))
    return ceiling * (0.5 + chance / 2)


def asked(retry_after: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for, as a number or a date; None if it says nothing."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_ASKED)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_ASKED)


def pause(
    attempt: int, retry_after: float | None, held: bool, chance: Callable[[], float]
) -> float:
    """Seconds to wait: what the server asked for and a little by chance, or ever longer."""
    if retry_after is not None:
        return retry_after + chance() * min(1.0, 0.1 + retry_after / 10)
    return delay(attempt, chance(), HELD if held else LONGEST)
