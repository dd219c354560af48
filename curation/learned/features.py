"""What the learned voter sees of an example: names of features, and the buckets they hash to.

Words that only the output or only the correction has, and their parts; the words of the comment;
which findings were fixed; how big the change is. The prompt is not looked at: it says what was
asked for, not what was wrong with the answer.
"""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from curation.rules.evidence import Evidence
from curation.rules.families import category_of

type Buckets = npt.NDArray[np.int64]  # each once, in order

ALGORITHM = 1  # of everything below: a model is for one of them
BUCKETS = 1 << 15
READ = 20_000  # characters of each side and of the comment
PER_CHANGE = 4_000  # different words of a side at most
STEM = 7  # characters of a word of the comment
STEPS = 5  # sizes of edits

TOKEN = re.compile(r"[A-Za-z_]\w*|\d+|[^\w\s]+")
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
WORD = re.compile(r"[a-z][a-z'-]+")
FAMILY = re.compile(r"[A-Z]*")
COMMON = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "is",
        "in",
        "and",
        "it",
        "for",
        "be",
        "that",
        "this",
        "with",
        "as",
        "are",
        "on",
        "or",
        "by",
        "not",
    ]
)


def buckets_of(evidence: Evidence) -> Buckets:
    """The buckets of an example's features, of 0 to BUCKETS − 1."""
    return np.array(sorted({_bucket(name) for name in features_of(evidence)}), dtype=np.int64)


def features_of(evidence: Evidence) -> Iterator[str]:
    """The names of an example's features; some come more than once."""
    before = Counter(TOKEN.findall(evidence.output[:READ]))
    after = Counter(TOKEN.findall(evidence.ideal[:READ]))
    removed, added = before - after, after - before
    yield from _words("-", removed)
    yield from _words("+", added)
    yield from _sizes(before, after, removed, added)
    yield from _findings(evidence)
    yield from _comment(evidence.comment[:READ].lower())


def _words(side: str, tokens: Counter[str]) -> Iterator[str]:
    for token in sorted(tokens)[:PER_CHANGE]:
        yield f"{side}{token.casefold()}"
        parts = PART.findall(token)
        yield from (f"{side}/{part.casefold()}" for part in parts if len(part) > 2)


def _sizes(
    before: Counter[str], after: Counter[str], removed: Counter[str], added: Counter[str]
) -> Iterator[str]:
    was, now = before.total(), after.total()
    longest = max(was, now, 1)
    edit = STEPS * (removed.total() + added.total()) // (2 * longest)
    sign = "longer" if now > was else "shorter"
    yield f"edit {min(edit, STEPS)}"
    yield f"{sign} by {abs(now - was).bit_length()}"
    yield f"length {longest.bit_length()}"
    yield f"removes {bool(removed)} adds {bool(added)}"


def _findings(evidence: Evidence) -> Iterator[str]:
    for finding in evidence.findings or ():
        if finding.state != "unchanged":
            yield f"{finding.state} {category_of(finding.tool, finding.rule)}"
            family = FAMILY.match(finding.rule)
            yield f"{finding.state} {finding.tool} {family.group() if family else ''}"


def _comment(text: str) -> Iterator[str]:
    words = WORD.findall(text)
    yield f"comment {bool(words)}"
    yield from (f"says {word[:STEM]}" for word in words if word not in COMMON)
    yield from (f"says {one[:STEM]} {other[:STEM]}" for one, other in pairwise(words))


def _bucket(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little") % BUCKETS
