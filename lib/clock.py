"""The one place that reads the clock; everything else is handed `now`."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone


class TooSlow(Exception):
    """Something took longer than it was given."""


_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    """This moment, or the one that is being replayed."""
    return _replayed.get() or timezone.now()


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
