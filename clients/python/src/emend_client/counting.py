"""What became of the records, counted."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stats:
    """What a client did since this process made it; every record is in exactly one of the sums.

    recorded = delivered + refused + dropped + pending, where another process's leftovers are not
    sent along; those are counted as `adopted` and are in delivered or refused as well.
    """

    recorded: int = 0
    delivered: int = 0  # stored by the server, now or earlier
    duplicates: int = 0  # of these: stored earlier
    refused: int = 0  # answered with a fault or a conflict; told to on_refused
    dropped: dict[str, int] = field(default_factory=dict)  # never sent, by reason
    pending: int = 0  # in memory or on disk, not delivered yet
    pending_on_disk: int = 0  # of these: survive the end of this process
    adopted: int = 0  # found on disk, left by another process
    damaged: int = 0  # places in spool files that could not be read
    requests: int = 0
    failures: int = 0  # requests that will be repeated
    errors: int = 0  # faults of this client or of what it was given; see the log
    survival: dict[str, int] = field(default_factory=dict)  # sampled, missed, unread, untracked
    disabled: str = ""  # why nothing is recorded at all
    last_trouble: str = ""


class Counters:
    """Numbers that several threads add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[str] = Counter()
        self._trouble = ""

    def add(self, name: str, number: int = 1) -> None:
        """Count; `dropped.full` is the drops for the reason full."""
        with self._lock:
            self._numbers[name] += number

    def trouble(self, told: str) -> None:
        """Keep what went wrong last."""
        with self._lock:
            self._trouble = told

    def stats(self, pending: int, pending_on_disk: int, disabled: str) -> Stats:
        """All of it at one moment."""
        with self._lock:
            numbers, trouble = dict(self._numbers), self._trouble
        return Stats(
            recorded=numbers.get("recorded", 0),
            delivered=numbers.get("delivered", 0),
            duplicates=numbers.get("duplicates", 0),
            refused=numbers.get("refused", 0),
            dropped=_below("dropped.", numbers),
            pending=pending,
            pending_on_disk=pending_on_disk,
            adopted=numbers.get("adopted", 0),
            damaged=numbers.get("damaged", 0),
            requests=numbers.get("requests", 0),
            failures=numbers.get("failures", 0),
            errors=numbers.get("errors", 0),
            survival=_below("survival.", numbers),
            disabled=disabled,
            last_trouble=trouble,
        )


def _below(prefix: str, numbers: dict[str, int]) -> dict[str, int]:
    return {
        name.removeprefix(prefix): number
        for name, number in numbers.items()
        if name.startswith(prefix)
    }
