"""Which line of the correction answers which line of the output, and which words changed.

Bounded: common ends are cut off, lines that are unique on both sides are anchors (patience
diff, Cohen 2010), and what lies between is matched by an exact longest common subsequence kept
in whole-number bit vectors (Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Literal

type Kind = Literal["same", "space", "changed", "apart"]
type Range = tuple[int, int]

EXACT = 60_000_000  # products of lengths the exact method takes; 7,700 lines by 7,700
PAIRED = 2_500  # products of lengths whose lines are compared one by one
ALIKE = 1 / 3  # share of characters two lines must have in common to be one line, changed

WORD = re.compile(r"\w+|[-+*/%&|^=!<>:.]=|[=!]==|[-=]>|\*\*|//|&&|\|\||<<|>>|::|[^\w\s]")


@dataclass(frozen=True)
class Pair:
    """One row: line numbers from 0, None where a side has nothing to answer.

    same: equal; space: equal but for blanks; changed: one line, edited; apart: not one line.
    """

    old: int | None
    new: int | None
    kind: Kind


def align(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Put the lines of two texts side by side; every line appears once, in order."""
    pairs: list[Pair] = []
    at_old = at_new = 0
    matches = common([_key(line) for line in old], [_key(line) for line in new])
    for i, j in [*matches, (len(old), len(new))]:
        pairs += _edited(old, new, range(at_old, i), range(at_new, j))
        if i < len(old) and j < len(new):
            pairs.append(Pair(i, j, "same" if old[i] == new[j] else "space"))
        at_old, at_new = i + 1, j + 1
    return pairs


def changed_words(old: str, new: str) -> tuple[list[Range], list[Range]]:
    """The character ranges of each line that the other one lacks; none where nothing is left."""
    words = [list(WORD.finditer(line)) for line in (old, new)]
    matches = common([w.group() for w in words[0]], [w.group() for w in words[1]])
    if not matches:
        return [], []
    kept = ({i for i, _ in matches}, {j for _, j in matches})
    left, right = (
        _ranges(line, [w.span() for n, w in enumerate(found) if n not in stays])
        for line, found, stays in zip((old, new), words, kept, strict=True)
    )
    return left, right


def common[T: Hashable](old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int]]:
    """Index pairs of a common subsequence, ascending on both sides."""
    found: list[tuple[int, int]] = []
    todo = [(0, len(old), 0, len(new))]
    while todo:
        a, b, c, d = todo.pop()
        while a < b and c < d and old[a] == new[c]:
            found.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
            found.append((b, d))
        if a == b or c == d:
            continue
        anchors = _anchors(old, new, (a, b), (c, d))
        if anchors:
            found += anchors
            edges = [(a - 1, c - 1), *anchors, (b, d)]
            todo += [(i + 1, k, j + 1, m) for (i, j), (k, m) in pairwise(edges)]
        elif (b - a) * (d - c) <= EXACT:
            found += [(a + i, c + j) for i, j in _longest(old[a:b], new[c:d])]
    return sorted(found)


def _key(line: str) -> str:
    return " ".join(line.split())


def _anchors[T: Hashable](
    old: Sequence[T], new: Sequence[T], span: Range, other: Range
) -> list[tuple[int, int]]:
    """Pairs of elements unique on both sides, the longest ascending run of them."""
    counts = Counter(old[slice(*span)]), Counter(new[slice(*other)])
    places = {new[j]: j for j in range(*other) if counts[1][new[j]] == 1}
    unique = [(i, places[old[i]]) for i in range(*span) if _once(old[i], counts)]
    tails: list[int] = []  # the smallest end of a run of each length
    runs: list[tuple[int, int, int]] = []  # old, new, length of the longest run ending here
    for i, j in unique:
        length = bisect_left(tails, j)
        tails[length : length + 1] = [j]
        runs.append((i, j, length))
    best: list[tuple[int, int]] = []
    wanted = len(tails) - 1
    for i, j, length in reversed(runs):
        if length == wanted and (not best or j < best[-1][1]):
            best.append((i, j))
            wanted -= 1
    return best[::-1]


def _once[T: Hashable](element: T, counts: tuple["Counter[T]", "Counter[T]"]) -> bool:
    return counts[0][element] == 1 == counts[1][element]


def _longest[T: Hashable](old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int]]:
    """A longest common subsequence; a clear bit in row i says that column j adds one to it."""
    where: dict[T, int] = {}
    for j, element in enumerate(new):
        where[element] = where.get(element, 0) | 1 << j
    full = (1 << len(new)) - 1
    row, rows = full, []
    for element in old:
        hits = row & where.get(element, 0)
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    found = []
    i, j = len(old), len(new)
    while i and j:
        if rows[i - 1] >> (j - 1) & 1:
            j -= 1
            continue
        i -= 1
        if not i or rows[i - 1] >> (j - 1) & 1:
            j -= 1
            found.append((i, j))
    return found


def _edited(old: Sequence[str], new: Sequence[str], left: range, right: range) -> list[Pair]:
    """Rows for a gap: lines alike enough are one changed line, the rest stands apart."""
    pairs: list[Pair] = []
    at_left, at_right = left.start, right.start
    for i, j in [*_alike(old, new, left, right), (left.stop, right.stop)]:
        rest = zip_longest(range(at_left, i), range(at_right, j))
        pairs += [Pair(one, other, "apart") for one, other in rest]
        if i < left.stop and j < right.stop:
            pairs.append(Pair(i, j, "changed"))
        at_left, at_right = i + 1, j + 1
    return pairs


def _alike(
    old: Sequence[str], new: Sequence[str], left: range, right: range
) -> list[tuple[int, int]]:
    """The pairs of lines that are most alike in sum, without crossing (dynamic programming)."""
    if not left or not right or len(left) * len(right) > PAIRED:
        return []
    ours = [Counter(WORD.findall(old[i])) for i in left]
    theirs = [Counter(WORD.findall(new[j])) for j in right]
    likeness = [[_likeness(one, other) for other in theirs] for one in ours]
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            paired = likeness[i][j] and likeness[i][j] + best[i + 1][j + 1]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            found.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(one: "Counter[str]", other: "Counter[str]") -> float:
    """The share of characters in common, 0 where it is under ALIKE."""
    weight = sum(len(w) * n for w, n in one.items()) + sum(len(w) * n for w, n in other.items())
    shared = sum(len(w) * n for w, n in (one & other).items())
    share = 2 * shared / weight if weight else 0.0
    return share if share >= ALIKE else 0.0


def _ranges(line: str, spans: list[Range]) -> list[Range]:
    """Spans joined where only blanks lie between them."""
    joined: list[Range] = []
    for start, end in spans:
        if joined and not line[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
