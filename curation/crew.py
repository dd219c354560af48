"""Processes that look at lines; a row that ends one of them, or makes it fail, ends no run.

What fails is tried again in halves until the row is alone that does it, and that row falls out.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Thread

from curation.stages.pipeline import Local, lost

type Lines = Sequence[bytes]
type Look = Callable[[Lines], Local]
type Work = Callable[[Lines], list[Local]]


@dataclass(frozen=True)
class Careful:
    """Looks at lines, and at halves of them where that fails."""

    look: Look

    def __call__(self, lines: Lines) -> list[Local]:
        """What came of the lines, in their order."""
        try:
            return [self.look(lines)]
        except Exception as error:  # whatever it is: the rows beside it are no worse off
            if len(lines) == 1:
                return [lost(lines[0], f"failed_{type(error).__name__}")]
        half = len(lines) // 2
        return self(lines[:half]) + self(lines[half:])


class Crew:
    """So many processes, which are begun anew where one of them dies."""

    def __init__(self, size: int, work: Work) -> None:
        self.size, self.work = size, work
        self._pool = _pool(size)

    def close(self) -> None:
        """Let the processes go."""
        self._pool.shutdown(cancel_futures=True)

    def results(self, batches: Iterable[Lines]) -> Iterator[Local]:
        """What came of each batch, in their order, never far ahead of who asks."""
        waiting: deque[tuple[Lines, Future[list[Local]]]] = deque()
        for batch in batches:
            waiting.append((batch, self._begin(batch)))
            if len(waiting) > 2 * self.size:
                yield from self._next(waiting)
        while waiting:
            yield from self._next(waiting)

    def _begin(self, batch: Lines) -> Future[list[Local]]:
        try:
            return self._pool.submit(self.work, batch)
        except BrokenProcessPool as error:
            failed: Future[list[Local]] = Future()
            failed.set_exception(error)
            return failed

    def _next(self, waiting: deque[tuple[Lines, Future[list[Local]]]]) -> Iterator[Local]:
        batch, future = waiting.popleft()
        try:
            yield from future.result()
        except BrokenProcessPool:
            self.close()
            yield from self._apart(batch)
            self._pool = _pool(self.size)
            again = [each for each, _ in waiting]
            waiting.clear()
            waiting.extend((each, self._begin(each)) for each in again)

    def _apart(self, batch: Lines) -> Iterator[Local]:
        """A batch by a process of its own; it may not be the one that ended the others."""
        with _pool(1) as pool:
            try:
                yield from pool.submit(self.work, batch).result()
                return
            except BrokenProcessPool:
                if len(batch) == 1:
                    yield lost(batch[0], "ended_its_process")
                    return
        half = len(batch) // 2
        yield from self._apart(batch[:half])
        yield from self._apart(batch[half:])


def _pool(size: int) -> ProcessPoolExecutor:
    """Processes forked from one that has no threads and has imported what they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["curation.ready"])
    return ProcessPoolExecutor(size, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work forever."""
    Thread(target=_await_end_of_parent, daemon=True).start()


def _await_end_of_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
