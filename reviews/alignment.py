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

from reviews.moves import Move, find_moves

type Kind = Literal["same", "space", "changed", "apart", "moved", "format"]
type Range = tuple[int, int]

EXACT = 60_000_000  # products of lengths the exact method takes; 7,700 lines by 7,700
PAIRED = 2_500  # products of lengths whose lines are compared one by one
PAIRED_IN_ALL = 250_000  # such comparisons in one diff; what comes after them stands apart
READ = 1_000  # characters of a line that tell whether it is like another
READ_IN_ALL = 60_000  # such characters in lines that are compared with each other
ALIKE = 1 / 3  # share of characters two lines must have in common to be one line, changed

WORD = re.compile(
    r"\d+\.\d\w*|\w+|<=>|[<>]{2}=?|\*\*=?|//=?|[=!]==|\?\?=?|\?\.|\.{3}"
    r"|[-+*/%&|^=!<>:.~]=|[-=]>|&&|\|\||::|\+\+|--|[^\w\s]"
)
QUOTED = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`""")


@dataclass(frozen=True)
class Pair:
    """One row: line numbers from 0, None where a side has nothing to answer.

    same: equal; space: equal but for blanks; changed: one line, edited; apart: not one line;
    moved: the line stands elsewhere on the other side; format: of lines whose syntax is equal.
    """

    old: int | None
    new: int | None
    kind: Kind


class Alignment:
    """Two texts side by side; every line appears once in `pairs`, in order."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.old, self.new = old, new
        self._comparisons_left = PAIRED_IN_ALL
        keys = [key_of(line) for line in old], [key_of(line) for line in new]
        matches = common(*keys)
        self.moves: list[Move] = find_moves(*keys, matches)
        self._moved = (
            {at for move in self.moves for at in move.old},
            {at for move in self.moves for at in move.new},
        )
        self.pairs = self._between(matches)

    def gap(self, left: range, right: range) -> list[Pair]:
        """Rows for lines without an equal: alike enough is one changed line, the rest is apart."""
        pairs: list[Pair] = []
        at_left, at_right = left.start, right.start
        for i, j in [*self._alike(left, right), (left.stop, right.stop)]:
            pairs += self._apart(range(at_left, i), range(at_right, j))
            if i < left.stop and j < right.stop:
                pairs.append(Pair(i, j, self._kind(i, j)))
            at_left, at_right = i + 1, j + 1
        return pairs

    def _between(self, matches: Sequence[tuple[int, int]]) -> list[Pair]:
        pairs: list[Pair] = []
        at_old = at_new = 0
        for i, j in [*matches, (len(self.old), len(self.new))]:
            pairs += self.gap(range(at_old, i), range(at_new, j))
            if i < len(self.old) and j < len(self.new):
                pairs.append(Pair(i, j, "same" if self.old[i] == self.new[j] else "space"))
            at_old, at_new = i + 1, j + 1
        return pairs

    def _kind(self, i: int, j: int) -> Kind:
        same = WORD.findall(self.old[i][:READ]) == WORD.findall(self.new[j][:READ])
        short = max(len(self.old[i]), len(self.new[j])) <= READ
        return "space" if same and short else "changed"

    def _apart(self, left: range, right: range) -> list[Pair]:
        """Lines that answer nothing, beside each other where neither moved away."""
        pairs: list[Pair] = []
        i, j = left.start, right.start
        while i < left.stop or j < right.stop:
            if i < left.stop and i in self._moved[0]:
                pairs.append(Pair(i, None, "moved"))
                i += 1
            elif j < right.stop and j in self._moved[1]:
                pairs.append(Pair(None, j, "moved"))
                j += 1
            else:
                here = Pair(i if i < left.stop else None, j if j < right.stop else None, "apart")
                pairs.append(here)
                i, j = i + 1, j + 1
        return pairs

    def _alike(self, left: range, right: range) -> list[tuple[int, int]]:
        """The pairs of lines that are most alike in sum, without crossing."""
        ours = [i for i in left if i not in self._moved[0]]
        theirs = [j for j in right if j not in self._moved[1]]
        cost = len(ours) * len(theirs)
        if not cost or cost > min(PAIRED, self._comparisons_left):
            return []
        self._comparisons_left -= cost
        left_lines = [self.old[i][:READ] for i in ours]
        right_lines = [self.new[j][:READ] for j in theirs]
        if sum(map(len, left_lines + right_lines)) > READ_IN_ALL:
            return []
        found = _best(left_lines, right_lines)
        return [(ours[i], theirs[j]) for i, j in found]


def align(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Put the lines of two texts side by side; every line appears once, in order."""
    return Alignment(old, new).pairs


def key_of(line: str) -> str:
    """What two lines have in common that differ in blanks only."""
    return " ".join(line.split())


def quotes_of(line: str) -> list[str]:
    """The quoted parts of a line, in which blanks are never mere layout."""
    return QUOTED.findall(line)


def changed_blanks(old: str, new: str) -> tuple[list[Range], list[Range]]:
    """For lines of the same words: the blanks of each that the other one has otherwise."""
    spans = [_blanks(line) for line in (old, new)]
    left: list[Range] = []
    right: list[Range] = []
    for one, other in zip_longest(*spans, fillvalue=(0, 0)):
        if old[slice(*one)] != new[slice(*other)]:
            left += [one] if one[0] < one[1] else []
            right += [other] if other[0] < other[1] else []
    return left, right


def other_indents(old: str, new: str) -> tuple[list[Range], list[Range]]:
    """The indentation of both lines, where one has tabs and the other has none."""
    before, after = (line[: len(line) - len(line.lstrip(" \t"))] for line in (old, new))
    if ("\t" in before) == ("\t" in after):
        return [], []
    return [(0, len(before))], [(0, len(after))]


def _blanks(line: str) -> list[Range]:
    """What lies before, between and after the words; mostly blanks, or nothing."""
    edges = [edge for word in WORD.finditer(line) for edge in word.span()]
    return list(zip([0, *edges[1::2]], [*edges[::2], len(line)], strict=True))


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


def _best(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Dynamic programming over the likeness of every pair of lines."""
    likeness = _likenesses(ours, theirs)
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in range(len(ours) - 1, -1, -1):
        for j in range(len(theirs) - 1, -1, -1):
            paired = likeness[i][j] and likeness[i][j] + best[i + 1][j + 1]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    found, i, j = [], 0, 0
    while i < len(ours) and j < len(theirs):
        if likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likenesses(ours: Sequence[str], theirs: Sequence[str]) -> list[list[float]]:
    """For each pair of lines the share of characters in common, 0 where it is under ALIKE.

    A line is a whole number with one bit for each character of each of its words, so that what
    two lines share is one AND and one count.
    """
    places: dict[tuple[str, int], int] = {}
    width = 0

    def bits(line: str) -> int:
        nonlocal width
        whole = 0
        for word, times in Counter(WORD.findall(line)).items():
            for nth in range(times):
                if (word, nth) not in places:
                    places[word, nth] = ((1 << len(word)) - 1) << width
                    width += len(word)
                whole |= places[word, nth]
        return whole

    left, right = [bits(line) for line in ours], [bits(line) for line in theirs]
    return [[_share(one, other) for other in right] for one in left]


def _share(one: int, other: int) -> float:
    weight = one.bit_count() + other.bit_count()
    share = 2 * (one & other).bit_count() / weight if weight else 0.0
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
