"""Prove, by trying, that the sandbox holds on this machine, before anything runs in it."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from reviews.sandbox import box
from reviews.sandbox.limits import MIB, Limits

PROBE = Path(__file__).with_name("probe.py")
ATTEMPTS = (
    "environment",
    "network",
    "files",
    "writing",
    "processes",
    "powers",
    "core",
    "memory",
    "disk",
    "forks",
)
ALWAYS_HIDDEN = ("/etc/shadow", "/etc/passwd", "/root", "/home", "/var", "/run", "/sys", "/proc/1")
TRIED = Limits(
    seconds=20,
    address_bytes=128 * MIB,
    processes=12,
    file_bytes=2 * MIB,
    disk_bytes=8 * MIB,
)


@dataclass(frozen=True)
class Proof:
    """What was found; it holds where there is no problem."""

    problems: tuple[str, ...]
    tools: box.Tools | None = None

    @property
    def version(self) -> str:
        """Of what the sandbox is made here."""
        return self.tools.version if self.tools else ""

    @property
    def holds(self) -> bool:
        """Whether code may run."""
        return not self.problems


def prove(python: str, hidden: Sequence[str]) -> Proof:
    """Try to get out of the sandbox. `hidden` are paths nothing inside may see."""
    try:
        tools = box.tools(python)
        problems = [*_tried(tools, hidden), *_stopped(tools)]
    except box.Unavailable as error:
        return Proof((str(error),))
    return Proof(tuple(problems), tools)


def _tried(tools: box.Tools, hidden: Sequence[str]) -> Iterator[str]:
    """What the probe could do."""
    with _bait() as facts:
        facts["hidden"] += [*ALWAYS_HIDDEN, *hidden]
        facts["programs"] += tools.roots
        finished = box.run(tools, _program(tools, PROBE.read_text(), json.dumps(facts)), TRIED)
    if finished.code or finished.stopped:
        yield _why_not(finished)
        return
    try:
        told = json.loads(finished.output)
        met = {name: str(told[name]) for name in ATTEMPTS}
    except (ValueError, KeyError, TypeError):
        yield "the sandbox's own test gave no answer"
        return
    for name, could in met.items():
        if could:
            yield f"{name}: code inside {could}"


def _stopped(tools: box.Tools) -> Iterator[str]:
    """What ran past the limits that are ours to keep: the time and the printing."""
    endless = _program(tools, "import time\nwhile True: time.sleep(0.01)")
    if box.run(tools, endless, replace(TRIED, seconds=0.5)).stopped != "time":
        yield "time: code inside was not stopped when its time was up"
    loud = _program(tools, "while True: print('x' * 1000)")
    if box.run(tools, loud, replace(TRIED, output_bytes=100_000)).stopped != "output":
        yield "output: code inside was not stopped when it printed too much"


def _program(tools: box.Tools, text: str, *words: str) -> dict[str, Any]:
    return {"kind": "program", "command": [tools.python, "-s", "-c", text, *words]}


def _why_not(finished: box.Finished) -> str:
    """The first words of what bubblewrap said; it names no path of ours."""
    said = finished.errors.decode(errors="replace").strip().split("\n")[-1]
    return f"the sandbox did not start: {said[:300] or finished.stopped or finished.code}"


@contextmanager
def _bait() -> Iterator[dict[str, Any]]:
    """Things of this machine that code inside must not reach, and what the probe has to know."""
    with ExitStack() as open_:
        folder = open_.enter_context(tempfile.TemporaryDirectory(prefix="emend-bait-"))
        Path(folder).chmod(0o755)
        secret = Path(folder, "secret")
        secret.write_text("bait")
        listening = open_.enter_context(socket.create_server(("127.0.0.1", 0)))
        path, abstract = f"{folder}/socket", f"emend-{os.getpid()}"
        for address in (path, f"\0{abstract}"):
            named = open_.enter_context(socket.socket(socket.AF_UNIX))
            named.bind(address)
            named.listen()
        Path(path).chmod(0o777)
        yield {
            "port": listening.getsockname()[1],
            "socket": path,
            "abstract": abstract,
            "hidden": [folder, str(secret)],
            "programs": ["/usr", "/lib", "/lib64", "/etc/alternatives"],
            "processes": [os.getpid(), os.getppid()],
            "variables": [*box.ENVIRONMENT, "PWD", "LC_CTYPE"],
            "limits": asdict(TRIED),
        }
