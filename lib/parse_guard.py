"""Asks a process of its own whether a text can be parsed in time, before this one parses it.

A parser looks at the clock between its steps, and a text can be made of which the last step takes
minutes: some kilobytes of `x=>x=>…` do it to the grammar of C. Meanwhile it holds the interpreter,
and a web process answers nobody. So a text goes to a helper first, which is ended if it is late.
"""

import faulthandler
import os
import resource
import select
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import IO

from lib.clock import TooSlow

ROOT = Path(__file__).parents[1]
PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from lib.parse_guard import answer; answer(sys.stdin.buffer, sys.stdout.fileno())"
)
START = 20.0  # seconds a helper may take to come up, on a busy machine
WAIT = 5.0  # seconds that one thread waits for others that ask
MEMORY = 1 << 30  # bytes of a process that parses; a usual text takes a tenth of it
QUICK, LATE, GONE = b"q", b"l", b""

type Helper = subprocess.Popen[bytes]


class Guard:
    """One helper of this process; safe to use from all its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._helper: Helper | None = None

    def check(self, source: bytes, name: str, seconds: float) -> None:
        """Raise TooSlow unless the grammar so named parses the text in so many seconds."""
        if not self._lock.acquire(timeout=WAIT):
            raise TooSlow
        try:
            said = self._ask(source, name, seconds)
            if said == GONE:  # ended from outside, or by the text: then again
                said = self._ask(source, name, seconds)
            if said != QUICK:
                raise TooSlow
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Let go of a helper that belongs to the process this one was forked from."""
        helper, self._helper, self._lock = self._helper, None, Lock()
        if helper and helper.stdin and helper.stdout:
            helper.stdin.close()
            helper.stdout.close()
            helper.returncode = 0  # it is nobody's child here, and nobody waits for it

    def _ask(self, source: bytes, name: str, seconds: float) -> bytes | None:
        """What the helper says; it is ended where it says nothing in time (None)."""
        helper = self._helper or self._started()
        said: bytes | None = None
        try:
            assert helper.stdin is not None
            helper.stdin.write(f"{name} {len(source)} {seconds}\n".encode() + source)
            helper.stdin.flush()
            said = _heard(helper, 2 * seconds)
        except BrokenPipeError:
            said = GONE
        finally:
            # also where something interrupts us: its answer would be taken for the next one's
            if said not in (QUICK, LATE):
                self._end(helper)
        return said

    def _started(self) -> Helper:
        helper = subprocess.Popen(  # noqa: S603  our own command line; the text is its input
            [sys.executable, "-I", "-c", PROGRAM, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            start_new_session=True,  # Ctrl-C is for us; it ends when its input does
        )
        if _heard(helper, START) != QUICK:
            self._end(helper)
            raise TooSlow
        self._helper = helper
        return helper

    def _end(self, helper: Helper) -> None:
        helper.kill()
        with suppress(OSError):
            helper.communicate()
        self._helper = None


def answer(asked: IO[bytes], says: int) -> None:
    """The helper: parse what comes, and say whether it was quick; until the input ends."""
    grammars = import_module("lib.grammars")
    bound_memory()
    os.write(says, QUICK)
    while told := asked.readline().split():
        source, seconds = asked.read(int(told[1])), float(told[2])
        faulthandler.dump_traceback_later(3 * seconds + 1, exit=True)  # whoever asked may be gone
        try:
            grammars.parsed_here(source, told[0].decode(), time.monotonic() + seconds)
        except TooSlow:
            os.write(says, LATE)
        else:
            os.write(says, QUICK)
        faulthandler.cancel_dump_traceback_later()


def bound_memory() -> None:
    """End this process rather than the machine, where a text makes a parser take memory."""
    with suppress(ValueError, OSError):  # not every system bounds it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _heard(helper: Helper, seconds: float) -> bytes | None:
    """A byte that it says: None where nothing comes in time, GONE where it has ended."""
    assert helper.stdout is not None
    poll = select.poll()
    poll.register(helper.stdout, select.POLLIN)
    return os.read(helper.stdout.fileno(), 1) if poll.poll(seconds * 1_000) else None


guard = Guard()
os.register_at_fork(after_in_child=guard.forget)
