"""What a run told, read with suspicion: whatever came out of the sandbox may be made up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reviews.sandbox.box import Finished

PASSED, FAILED, ERROR, TIMEOUT, SKIPPED = "passed", "failed", "error", "timeout", "skipped"
OUTCOMES = (PASSED, FAILED, ERROR, TIMEOUT, SKIPPED)
MOST = 200  # tests
NAME, MESSAGE, OUTPUT = 200, 500, 9_000  # characters
LONGEST_MS = 3_600_000
STOPPED = {
    "time": (TIMEOUT, "the time for all tests was up"),
    "memory": (ERROR, "all tests together took too much memory and were stopped"),
    "output": (ERROR, "the run printed too much and was stopped"),
    "": (ERROR, "the run ended before this test had told its outcome"),
}


class Broken(Exception):
    """The run never came to its tests; the words say why."""


@dataclass(frozen=True)
class Outcome:
    """One test on one code."""

    name: str
    outcome: str
    ms: int
    message: str
    output: str


def outcomes(finished: Finished) -> list[Outcome]:
    """An outcome for every test that was announced, in that order. Raises Broken."""
    lines = _lines(finished.output)
    names = next(lines, {}).get("tests")
    if not isinstance(names, list) or not names:
        said = finished.errors.decode(errors="replace").strip().split("\n")[-1]
        raise Broken(said[:MESSAGE] or f"it ended with code {finished.code} and said nothing")
    told: dict[str, Outcome] = {}
    for line in lines:
        outcome = _outcome(line)
        if outcome is not None:
            told.setdefault(outcome.name, outcome)
    wanted = [_text(name, NAME) for name in names[:MOST]]
    kind, why = STOPPED[finished.stopped]
    return [told.get(name) or Outcome(name, kind, 0, why, "") for name in dict.fromkeys(wanted)]


def _lines(output: bytes) -> Iterator[dict[str, Any]]:
    for each in output.split(b"\n"):
        try:
            line = json.loads(each)
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict):
            yield line


def _outcome(line: dict[str, Any]) -> Outcome | None:
    kind, ms = line.get("outcome"), line.get("ms")
    if kind not in OUTCOMES or "test" not in line:
        return None
    return Outcome(
        name=_text(line["test"], NAME),
        outcome=kind,
        ms=ms if type(ms) is int and 0 <= ms <= LONGEST_MS else 0,
        message=_text(line.get("message"), MESSAGE),
        output=_text(line.get("output"), OUTPUT),
    )


def _text(value: Any, most: int) -> str:
    """Text that PostgreSQL can hold, and no more than `most` of it."""
    text = value if isinstance(value, str) else ""
    return text[:most].replace("\0", "␀").encode(errors="replace").decode()
