"""Records in memory, where there is no disk or the disk fails."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice

from emend_client import spool


class Memory:
    """What waits, oldest first, by the same verbs as a `spool.Family`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: deque[bytes] = deque()
        self.bytes = 0

    @property
    def pending(self) -> int:
        """How many."""
        return len(self._records)

    def put(self, records: Sequence[bytes]) -> None:
        """Add at the end."""
        with self._lock:
            self._records.extend(records)
            self.bytes += sum(map(len, records))

    def batch(self, most: int, most_bytes: int) -> spool.Batch:
        """The oldest; at least one if there is any."""
        taken: list[bytes] = []
        size = 0
        with self._lock:
            for record in islice(self._records, most):
                size += len(record) + 1
                if taken and size > most_bytes:
                    break
                taken.append(record)
        return spool.Batch(taken)

    def done(self, batch: spool.Batch) -> None:
        """Forget the oldest, which were delivered."""
        with self._lock:
            for _ in batch.records:
                self.bytes -= len(self._records.popleft())

    def release(self) -> None:
        """Nothing is held."""
