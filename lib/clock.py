"""The one place that reads the clock; everything else is handed `now`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    """This moment, or the one that is being replayed."""
    return _replayed.get() or timezone.now()


@contextmanager
def replaying(moment: datetime) -> Iterator[None]:
    """Let what happens inside happen at `moment`: how the demo gets its weeks of history."""
    token = _replayed.set(moment)
    try:
        yield
    finally:
        _replayed.reset(token)
