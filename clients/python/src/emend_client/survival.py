"""How much of a suggestion is still there after a while.

The measure is the share of the output's runs of four tokens that the text has too, each counted
as often as it occurs. Tokens are words, numbers and single signs; blanks and line breaks do not
count, so that a formatter changes nothing, and a moved block survives. One changed token takes up
to four runs with it. A text shorter than four tokens is one run. A text much longer than the
output may have some of its runs by chance: give the region where the output went, if it is known.
"""

from __future__ import annotations

import heapq
import logging
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from emend_client.counting import Counters

log = logging.getLogger("emend_client")

DELAYS = (5.0, 30.0, 120.0, 300.0, 600.0, 900.0)  # seconds
MEASURE = "token-4-gram"
RUN = 4  # tokens
TOKEN = re.compile(r"\w+|[^\w\s]")

Read = Callable[[], Optional[str]]
Report = Callable[[float, float, float], None]  # planned seconds, elapsed seconds, share left


def share_left(output: str, text: str) -> float | None:
    """The share of `output` left in `text`, 0 to 1; None where the output has no tokens."""
    tokens = TOKEN.findall(output)
    if not tokens:
        return None
    run = min(RUN, len(tokens))
    wanted, there = _runs(tokens, run), _runs(TOKEN.findall(text), run)
    left = sum(min(count, there[each]) for each, count in wanted.items())
    return left / sum(wanted.values())


def _runs(tokens: list[str], run: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(run))))


def file_reader(path: str | Path, encoding: str = "utf-8") -> Read:
    """What reads the file as it is now: empty once it is gone, None while it cannot be read."""

    def read() -> str | None:
        try:
            return Path(path).read_text(encoding, errors="replace")
        except FileNotFoundError:
            return ""
        except OSError:
            return None

    return read


@dataclass
class Tracked:
    """A suggestion that is looked at again and again."""

    output: str
    read: Read
    report: Report
    since: float  # by the sampler's clock
    left: list[float]  # delays, the next one last


class Sampler:
    """Looks at many suggestions from one thread, which runs while there is anything to look at."""

    def __init__(
        self, counters: Counters, most: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._counters, self._most, self._clock = counters, most, clock
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Tracked]] = []
        self._number = 0
        self._thread: threading.Thread | None = None
        self._stopped = False

    def track(
        self, output: str, read: Read, report: Report, delays: tuple[float, ...] = DELAYS
    ) -> bool:
        """Look at it after each delay; False where too many are tracked already."""
        tracked = Tracked(output, read, report, self._clock(), sorted(delays, reverse=True))
        with self._changed:
            if self._stopped or not delays or len(self._due) >= self._most:
                self._counters.add("survival.untracked")
                return False
            self._plan(tracked)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="emend-survival", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()
        return True

    def stop(self) -> None:
        """Look at nothing any more; what was not due yet is counted as missed."""
        with self._changed:
            self._stopped = True
            self._counters.add("survival.missed", sum(len(each.left) for _, _, each in self._due))
            self._due.clear()
            self._changed.notify_all()

    def sample_due(self) -> float | None:
        """Look at everything that is due; seconds until the next is, None if nothing is tracked."""
        while True:
            with self._changed:
                if not self._due:
                    return None
                due = self._due[0][0]
                if due > self._clock():
                    return due - self._clock()
                _, _, tracked = heapq.heappop(self._due)
                delay = tracked.left.pop()
                if tracked.left:
                    self._plan(tracked)
            self._sample(tracked, delay)

    def _plan(self, tracked: Tracked) -> None:
        self._number += 1  # two that are due at the same moment are not compared
        heapq.heappush(self._due, (tracked.since + tracked.left[-1], self._number, tracked))

    def _sample(self, tracked: Tracked, delay: float) -> None:
        elapsed = self._clock() - tracked.since
        if elapsed > delay + max(2.0, delay / 10):  # the machine slept: this is another moment
            self._counters.add("survival.missed")
            return
        try:
            text = tracked.read()
            share = None if text is None else share_left(tracked.output, text)
            if share is None:
                self._counters.add("survival.unread")
                return
            tracked.report(delay, elapsed, share)
            self._counters.add("survival.sampled")
        except Exception:  # the caller's reader must not end this thread
            self._counters.add("survival.unread")
            self._counters.add("errors")
            log.exception("what reads a tracked text failed")

    def _run(self) -> None:
        while True:
            wait = self.sample_due()
            with self._changed:
                if self._stopped or not self._due:
                    self._thread = None
                    return
                wait = self._due[0][0] - self._clock() if wait is None else wait
                self._changed.wait(min(max(wait, 0.0), 60.0))
