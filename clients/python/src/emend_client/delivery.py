"""From the caller's thread to the server: a bounded queue, the disk, batches, tries.

Three steps, each by somebody else: the caller only appends to a queue; one thread moves what is
there to disk; one thread sends the oldest of what is on disk, until it is answered.
"""

from __future__ import annotations

import json
import logging
import os
import random
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Protocol, Union

from emend_client import backoff, spool
from emend_client.answers import Answer, Meaning
from emend_client.counting import Counters
from emend_client.memory import Memory

log = logging.getLogger("emend_client")

Refusal = Callable[[Mapping[str, Any], Mapping[str, Any]], object]


class Sender(Protocol):
    """What sends a batch."""

    def post(self, records: Sequence[bytes]) -> Answer:
        """The answer to these records."""


@dataclass(frozen=True)
class Limits:
    """How much is held and sent at a time, and for how long it is waited."""

    queue: int = 10_000  # records in memory
    queue_bytes: int = 32 * 1024 * 1024
    spool_bytes: int = 256 * 1024 * 1024
    record_bytes: int = 8 * 1024 * 1024
    batch: int = 500  # records; the server takes 1,000
    batch_bytes: int = 1024 * 1024
    linger: float = 1.0  # seconds that a record waits for company
    adoption: float = 30.0  # seconds between two looks for what dead processes left


Store = Union[spool.Family, Memory]


class Delivery:
    """One process's way to the server; made anew in a forked child."""

    def __init__(
        self,
        sender: Sender,
        root: Path | None,
        limits: Limits,
        counters: Counters,
        on_refused: Refusal | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.pid = os.getpid()
        self._sender, self._root, self._limits = sender, root, limits
        self._counters, self._on_refused, self._chance = counters, on_refused, chance
        self._changed = threading.Condition()
        self._inbox: deque[bytes] = deque()
        self._inbox_bytes = 0
        self._writing = 0
        self._memory = Memory()
        self._disk: spool.Family | None = None
        self._adopted: spool.Family | None = None
        self._threads: list[threading.Thread] = []
        self._flushes = 0  # how many were ever asked for
        self._hurrying = 0  # how many wait now
        self._stopped = False
        self._more = False  # the last batch left some behind: the next need not wait for company
        self._look_again = time.monotonic()
        self._looked = False  # whether all that other processes left is known

    # --- the caller's thread ---

    def put(self, record: bytes) -> str:
        """Take a record, or say why not: full, too_large, closed. Waits for nothing."""
        if len(record) > self._limits.record_bytes:
            return "too_large"
        with self._changed:
            if self._stopped:
                return "closed"
            waiting = len(self._inbox) + self._writing + self._memory.pending
            if waiting >= self._limits.queue:
                return "full"
            held = self._inbox_bytes + self._memory.bytes
            if held and held + len(record) > self._limits.queue_bytes:
                return "full"
            self._inbox.append(record)
            self._inbox_bytes += len(record)
            self._counters.add("recorded")
            self._start()
            self._changed.notify_all()
        return ""

    def sync(self, timeout: float) -> int:
        """Wait until the disk holds everything; how many records it does not hold."""
        with self._changed:
            self._changed.wait_for(lambda: not self._in_queue(), max(timeout, 0.0))
            return self._in_queue() + self._memory.pending

    def flush(self, timeout: float) -> int:
        """Send now, and wait; how many records are left."""
        with self._changed:
            if self._stopped:
                return self.pending()
            self._start()
            self._flushes += 1
            self._hurrying += 1
            self._changed.notify_all()
            try:
                self._changed.wait_for(self._all_sent, max(timeout, 0.0))
                return self.pending()
            finally:
                self._hurrying -= 1

    def close(self, timeout: float) -> int:
        """Flush, stop, and leave what is left to the disk; how many records are left."""
        deadline = time.monotonic() + timeout
        self.flush(timeout)
        with self._changed:
            if self._stopped:
                return self.pending()
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.1))
        left = self.pending()
        lost = self._in_queue() + self._memory.pending
        if lost:
            self._counters.add("dropped.closed", lost)
            log.warning("%d records were lost at the end: they were not on disk", lost)
        for family in (self._disk, self._adopted):
            if family is not None:
                family.release()
        return left

    def forget(self) -> None:
        """In a forked child: what is here is the parent's to send."""
        self._stopped = True
        for family in (self._disk, self._adopted):
            if family is not None:
                family.forget()

    def pending(self) -> int:
        """Records that are not delivered, as far as they are known here."""
        return self._in_queue() + self._memory.pending + self.pending_on_disk()

    def pending_on_disk(self) -> int:
        """Of these, what the disk holds."""
        return sum(family.pending for family in (self._adopted, self._disk) if family is not None)

    def _all_sent(self) -> bool:
        return self._looked and not self.pending()

    def _in_queue(self) -> int:
        return len(self._inbox) + self._writing

    def _start(self) -> None:
        """Start the threads, with the lock held."""
        if self._threads:
            return
        if self._root is not None:
            try:
                self._disk = spool.begin(self._root, self._limits.spool_bytes)
            except spool.SpoolUnavailable as error:
                self._trouble(f"no spool, records are kept in memory only: {error}")
        for name, step in (("writer", self._write_next), ("sender", self._send_next)):
            thread = threading.Thread(
                target=self._forever, args=(step,), name=f"emend-{name}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _forever(self, step: Callable[[], bool]) -> None:
        while True:
            try:
                if not step():
                    return
            except Exception as error:  # a thread that ends would deliver nothing any more
                self._counters.add("errors")
                self._trouble(f"{type(error).__name__}: {error}")
                self._wait(backoff.LONGEST)

    # --- the writer ---

    def _write_next(self) -> bool:
        """Move what is in the queue to disk; False when stopped and nothing is left to move."""
        with self._changed:
            self._changed.wait_for(lambda: self._inbox or self._stopped)
            if not self._inbox:
                return False
            records = list(self._inbox)
            self._inbox.clear()
            self._inbox_bytes, self._writing = 0, len(records)
        kept, reason = 0, "failed"
        try:
            kept, reason = (0, "") if self._disk is None else self._disk.append(records)
        finally:
            with self._changed:
                if reason != "full":
                    self._memory.put(records[kept:])
                self._writing = 0
                self._changed.notify_all()
        if reason == "full":
            self._counters.add("dropped.spool_full", len(records) - kept)
            self._trouble("the spool is full, records are dropped")
        elif reason:
            self._trouble("the spool cannot be written, records are kept in memory")
        return True

    # --- the sender ---

    def _send_next(self) -> bool:
        """Send one batch, once there is one; False when stopped."""
        self._adopt_next()
        with self._changed:
            rest = self._look_again - time.monotonic()
            self._changed.wait_for(lambda: self._stopped or self._ready(), max(rest, 0.0))
            if self._stopped:
                return False
            if not self._ready():
                return True
        if not self._more:
            self._linger()
        self._send_oldest()
        return True

    def _ready(self) -> bool:
        return self.pending() - self._in_queue() > 0

    def _linger(self) -> None:
        """Give a batch time to fill, unless somebody waits for it."""
        with self._changed:
            self._changed.wait_for(self._enough, self._limits.linger)

    def _enough(self) -> bool:
        hurried = self._hurrying > 0 and not self._in_queue()
        return self._stopped or hurried or self.pending() >= self._limits.batch

    def _send_oldest(self) -> None:
        store = self._oldest()
        try:
            batch = store.batch(self._limits.batch, self._limits.batch_bytes)
            self._counters.add("damaged", batch.damaged)
            self._more = store.pending > len(batch.records)
            if batch.records and not self._settle(batch.records):
                return
            with self._changed:
                store.done(batch)
                self._looked = self._looked and store is not self._adopted
                self._changed.notify_all()
        except OSError as error:
            self._trouble(f"the spool cannot be read: {error}")
            self._wait(backoff.LONGEST)
        if store is self._adopted and not store.pending:
            store.release()
            self._adopted = None
        self._adopt_next()

    def _oldest(self) -> Store:
        for family in (self._adopted, self._disk):
            if family is not None and family.pending:
                return family
        return self._memory

    def _adopt_next(self) -> None:
        """Take over what a dead process left, one folder at a time and the oldest first."""
        due = not self._looked or time.monotonic() >= self._look_again
        if self._adopted is not None or not due:
            return
        family = None
        try:
            if self._root is not None:
                family = self._abandoned(self._root)
        except (OSError, ValueError) as error:
            self._trouble(f"what another process left cannot be read: {error}")
        self._look_again = time.monotonic() + self._limits.adoption
        with self._changed:
            self._adopted, self._looked = family, True
            self._changed.notify_all()

    def _abandoned(self, root: Path) -> spool.Family | None:
        while (family := spool.abandoned(root, self._limits.spool_bytes)) is not None:
            if family.pending:
                self._counters.add("adopted", family.pending)
                return family
            self._counters.add("damaged", family.batch(1, 1).damaged)
            family.release()
        return None

    def _settle(self, records: Sequence[bytes]) -> bool:
        """Send until every record is answered; False when stopped before."""
        attempt = 0
        while not self._stopped:
            answer = self._sender.post(records)
            self._counters.add("requests")
            if answer.meaning is Meaning.SETTLED:
                self._count(records, answer)
                return True
            if answer.meaning is Meaning.SPLIT:
                return self._split(records, answer)
            self._counters.add("failures")
            self._trouble(f"{len(records)} records wait: {answer.told}")
            held = answer.meaning is Meaning.HELD
            wait = backoff.pause(attempt, answer.retry_after, held, self._chance)
            self._wait(wait, cut_short=answer.retry_after is None)
            attempt += 1
        return False

    def _split(self, records: Sequence[bytes], answer: Answer) -> bool:
        if len(records) == 1:
            self._refused(records[0], {"status": answer.told[:3], "detail": answer.told})
            return True
        half = len(records) // 2
        return self._settle(records[:half]) and self._settle(records[half:])

    def _count(self, records: Sequence[bytes], answer: Answer) -> None:
        for record, result in zip(records, answer.results):
            status = result["status"]
            if 200 <= status < 300:
                self._counters.add("delivered")
                self._counters.add("duplicates", status == 200)
            else:
                self._refused(record, result.get("problem") or {"status": status})

    def _refused(self, record: bytes, problem: Mapping[str, Any]) -> None:
        self._counters.add("refused")
        sent = json.loads(record)
        log.warning("%s %s was refused: %s", sent.get("type"), sent.get("id"), problem)
        if self._on_refused is None:
            return
        try:
            self._on_refused(sent, problem)
        except Exception:  # the caller's code must not end this thread
            self._counters.add("errors")
            log.exception("on_refused failed")

    def _wait(self, seconds: float, cut_short: bool = True) -> None:
        """Pause, until stopped; a flush cuts it short, except where the server asked for it."""
        with self._changed:
            flushes = self._flushes
            self._changed.wait_for(
                lambda: self._stopped or (cut_short and self._flushes != flushes), seconds
            )

    def _trouble(self, told: str) -> None:
        self._counters.trouble(told)
        log.warning("%s", told)
