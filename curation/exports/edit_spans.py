"""Which parts of the accepted code are new: what a trainer is to learn of a small edit.

A loss over the whole text drowns the edit in what the model wrote itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from rapidfuzz.distance import LCSseq

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
MOST = 1 << 26  # tokens of one side times those of the other: 8 MiB of bits to compare them


@dataclass(frozen=True)
class Span:
    """A stretch of the accepted code, `end` not in it, and whether the model had not written it."""

    start: int
    end: int
    is_new: bool


def edit_spans(rejected: str, chosen: str) -> list[Span]:
    """The accepted code in spans that tile it, old and new by turns; none where it is empty.

    Where something was only taken out, the token behind it is new: there the model went on wrongly.
    """
    if not chosen:
        return []
    before, after = _pieces(rejected, chosen)
    is_new = _new(before, after)
    starts = [0, *accumulate(len(piece) for piece in after)]
    places = groupby(range(len(after)), key=is_new.__getitem__)
    spans = [(list(run), new) for new, run in places]
    return [Span(starts[run[0]], starts[run[-1] + 1], new) for run, new in spans]


def _pieces(rejected: str, chosen: str) -> tuple[list[str], list[str]]:
    """Both texts in tokens, in lines where those are too many, in one piece where these are."""
    for pattern in (TOKEN, LINE):
        before, after = pattern.findall(rejected), pattern.findall(chosen)
        if len(before) * len(after) <= MOST:
            return before, after
    return [rejected], [chosen]


def _new(before: Sequence[str], after: Sequence[str]) -> list[bool]:
    is_new = [False] * len(after)
    steps = groupby(LCSseq.opcodes(before, after), key=lambda step: step.tag == "equal")
    for is_equal, run in steps:
        if not is_equal:
            edits = list(run)
            first, end = edits[0].dest_start, edits[-1].dest_end
            if first == end:  # only taken out: what comes behind it, or the last token
                first, end = min(first, len(after) - 1), min(end + 1, len(after))
            is_new[first:end] = [True] * (end - first)
    return is_new
