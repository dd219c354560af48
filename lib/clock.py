"""The one place that reads a clock; everything else is handed `now`."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

TRUSTED = 30.0  # seconds; clocks of two machines drift apart by far less than a lease in it


class TooSlow(Exception):
    """Something took longer than it was given."""


@dataclass(frozen=True)
class _Reading:
    """What the database's clock said, and what ours that only counts did."""

    said: datetime
    counted: float


_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    """This moment, or the one that is being replayed."""
    return _replayed.get() or timezone.now()


def shared() -> datetime:
    """This moment by the database's clock, which every process shares: leases go by it.

    The database is asked twice a minute; between, we count on without looking at our own clock,
    which may be off by minutes, or be set while we run.
    """
    replayed = _replayed.get()
    if replayed is not None:
        return replayed
    reading = _readings.get(connection.alias)
    if reading is None or time.monotonic() - reading.counted > TRUSTED:
        _readings[connection.alias] = reading = _read()
    return reading.said + timedelta(seconds=time.monotonic() - reading.counted)


def _read() -> _Reading:
    with connection.cursor() as cursor:
        asked = time.monotonic()
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
        assert row is not None
        return _Reading(row[0], (asked + time.monotonic()) / 2)


_readings: dict[str, _Reading] = {}


def within[T](seconds: float, each: Iterable[T]) -> Iterator[T]:
    """The same, as long as the time lasts. Raises TooSlow between two of them."""
    over = time.monotonic() + seconds
    for one in each:
        if time.monotonic() > over:
            raise TooSlow
        yield one


@contextmanager
def replaying(moment: datetime) -> Iterator[None]:
    """Let what happens inside happen at `moment`: how the demo gets its weeks of history."""
    token = _replayed.set(moment)
    try:
        yield
    finally:
        _replayed.reset(token)
