"""What our own patterns (rules.patterns) find on both sides of a correction that is not Python.

The trees are made in a process of its own (rules.tree_reader), which a text may bring down or keep
busy: that text is left out, and the next process goes on behind it.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson

from curation.findings import Finding, Remark, compare
from curation.rules.evidence import Evidence
from curation.rules.shape import LIMIT
from curation.rules.tree_reader import all_patterns
from lib.grammars import GRAMMARS, NoGrammar, grammar_of

log = logging.getLogger(__name__)

TOOL = "emend"
SECONDS = 60.0  # for a batch; under a worker's lease on it (curation.labeling)
ROOT = Path(__file__).parents[2]
PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from curation.rules.tree_reader import main; main()"
)

type Text = tuple[str, str]  # grammar, text


def findings(
    batch: Mapping[int, Evidence], seconds: float = SECONDS
) -> dict[int, tuple[Finding, ...]]:
    """The findings of each example that both sides of could be read, by its key."""
    asked = {key: grammar for key, each in batch.items() if (grammar := _grammar(each))}
    texts = [
        text
        for key, grammar in asked.items()
        for text in ((grammar, batch[key].output), (grammar, batch[key].ideal))
    ]
    said = remarks(texts, seconds)
    found = {}
    for at, key in enumerate(asked):
        before, after = said[2 * at], said[2 * at + 1]
        if before is not None and after is not None:
            found[key] = tuple(compare(batch[key].output, batch[key].ideal, before, after))
    return found


def remarks(texts: Sequence[Text], seconds: float = SECONDS) -> list[list[Remark] | None]:
    """What the patterns say of each text, in order; None where it could not be read in time."""
    over = time.monotonic() + seconds
    found: list[list[Remark] | None] = []
    while len(found) < len(texts) and (left := over - time.monotonic()) > 0:
        found += _read(texts[len(found) :], left)
        if len(found) < len(texts):
            found.append(None)  # the one it ended at
    if found.count(None) or len(found) < len(texts):
        unread = found.count(None) + len(texts) - len(found)
        log.warning("%d of %d texts were not read for findings", unread, len(texts))
    return found + [None] * (len(texts) - len(found))


def reads(language: str) -> str:
    """Our name of a grammar that patterns are there for; empty where there is none."""
    try:
        grammar = grammar_of(language, "")
    except NoGrammar:
        return ""
    return grammar if grammar in _grammars() else ""


def _grammar(evidence: Evidence) -> str:
    longest = max(len(evidence.output), len(evidence.ideal))
    return reads(evidence.language) if longest <= LIMIT else ""


@cache
def _grammars() -> frozenset[str]:
    return frozenset(name for name in GRAMMARS if any(each.query(name) for each in all_patterns()))


def _read(texts: Sequence[Text], seconds: float) -> list[list[Remark]]:
    """What was found in the first of the texts, as far as one process came."""
    clean = [(grammar, text.encode(errors="replace").decode()) for grammar, text in texts]
    try:
        said = subprocess.run(  # noqa: S603  our own command line; the code is its input
            [sys.executable, "-I", "-c", PROGRAM, str(ROOT)],
            input=orjson.dumps(clean),
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
        ).stdout
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
    whole = said[: said.rfind(b"\n") + 1].splitlines()
    return [[Remark(TOOL, *place) for place in orjson.loads(line)] for line in whole]
