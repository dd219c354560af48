"""Which rows of a diff differ in formatting only, told by the syntax of both sides."""

from collections.abc import Sequence
from itertools import groupby, zip_longest

from reviews.alignment import Alignment, Pair, common
from reviews.syntax import Token, tokens_of

type Line = tuple[bool, int]  # whether of the new side, and its number from 0
type Block = tuple[range, range]


def without_formatting(alignment: Alignment, language: str, file_path: str) -> list[Pair]:
    """The pairs, with kind "format" where syntax is equal. Raises NoGrammar, or TooSlow."""
    runs = _runs(alignment.pairs)
    sides = []
    for number, lines in enumerate((alignment.old, alignment.new)):
        wanted = {at for _, _, ranges in runs if ranges for at in ranges[number]}
        sides.append(_Side(lines, tokens_of(lines, language, file_path, wanted) if wanted else []))
    pairs: list[Pair] = []
    for start, stop, ranges in runs:
        if ranges is None:
            pairs += alignment.pairs[start:stop]
        else:
            pairs += _Run(alignment, sides[0], sides[1], *ranges).pairs()
    return pairs


def _runs(pairs: Sequence[Pair]) -> list[tuple[int, int, Block | None]]:
    """Start and stop of each run of pairs, and the lines of both sides where they differ."""
    runs: list[tuple[int, int, Block | None]] = []
    start = at_old = at_new = 0
    for same, group in groupby(pairs, key=lambda pair: pair.kind == "same"):
        run = list(group)
        olds = sum(pair.old is not None for pair in run)
        news = sum(pair.new is not None for pair in run)
        block = range(at_old, at_old + olds), range(at_new, at_new + news)
        runs.append((start, start + len(run), None if same else block))
        start, at_old, at_new = start + len(run), at_old + olds, at_new + news
    return runs


class _Side:
    """One text with its tokens by the line they begin on."""

    def __init__(self, lines: Sequence[str], tokens: Sequence[Token]) -> None:
        self.lines = lines
        self.starting: dict[int, list[Token]] = {}
        self.covered: dict[int, int] = {}  # lines inside a token, and the line it begins on
        for token in tokens:
            self.starting.setdefault(token.first, []).append(token)
            for line in range(token.first + 1, min(token.last + 1, len(lines))):
                self.covered[line] = token.first

    def within(self, lines: range) -> list[Token]:
        return [token for line in lines for token in self.starting.get(line, ())]

    def is_blank(self, line: int) -> bool:
        """Whether nothing is there, not even the inside of a string."""
        unused = line not in self.starting and line not in self.covered
        return unused and not self.lines[line].strip()


class _Run:
    """Lines of both sides that differ; those that matching tokens tie together stand or fall."""

    def __init__(
        self, alignment: Alignment, old: _Side, new: _Side, left: range, right: range
    ) -> None:
        self.alignment = alignment
        self.sides, self.ranges = (old, new), (left, right)
        self.tied: dict[Line, Line] = {}
        self.bad: set[Line] = set()
        self._tie()

    def pairs(self) -> list[Pair]:
        pairs: list[Pair] = []
        at_old, at_new = self.ranges[0].start, self.ranges[1].start
        end = (range(self.ranges[0].stop, 0), range(self.ranges[1].stop, 0))
        for left, right in [*self._clean(), end]:
            gap = self.alignment.gap(range(at_old, left.start), range(at_new, right.start))
            pairs += [self._unless_blank(pair) for pair in gap]
            pairs += [Pair(i, j, "format") for i, j in zip_longest(left, right)]
            at_old, at_new = left.stop, right.stop
        return pairs

    def _unless_blank(self, pair: Pair) -> Pair:
        ends = ((pair.old, self.sides[0]), (pair.new, self.sides[1]))
        blank = pair.kind == "apart" and all(
            line is None or side.is_blank(line) for line, side in ends
        )
        return Pair(pair.old, pair.new, "format") if blank else pair

    def _tie(self) -> None:
        tokens = [side.within(lines) for side, lines in zip(self.sides, self.ranges, strict=True)]
        matches = common(*([each.signature for each in found] for found in tokens))
        for i, j in matches:
            self._join((False, tokens[0][i].first), (True, tokens[1][j].first))
        for is_new, found in enumerate(tokens):
            kept = {pair[is_new] for pair in matches}
            self.bad |= {
                (bool(is_new), token.first) for n, token in enumerate(found) if n not in kept
            }
        for is_new, (side, lines) in enumerate(zip(self.sides, self.ranges, strict=True)):
            for line in lines:
                self._tie_covered(bool(is_new), side, line, lines)

    def _tie_covered(self, is_new: bool, side: _Side, line: int, lines: range) -> None:
        first = side.covered.get(line)
        if first is not None and first in lines:
            self._join((is_new, line), (is_new, first))
        elif first is not None or (line not in side.starting and side.lines[line].strip()):
            self.bad.add((is_new, line))

    def _join(self, one: Line, other: Line) -> None:
        self.tied[self._root(one)] = self._root(other)

    def _root(self, line: Line) -> Line:
        while (above := self.tied.get(line, line)) != line:
            self.tied[line] = line = self.tied.get(above, above)
        return line

    def _clean(self) -> list[Block]:
        """Blocks of lines whose tokens all match each other, in order."""
        groups: dict[Line, tuple[set[int], set[int]]] = {}
        bad_roots = {self._root(line) for line in self.bad}
        for is_new, lines in enumerate(self.ranges):
            for line in lines:
                groups.setdefault(self._root((bool(is_new), line)), (set(), set()))[is_new].add(
                    line
                )
        blocks = [
            (range(min(left), max(left) + 1), range(min(right), max(right) + 1))
            for root, (left, right) in groups.items()
            if left and right and root not in bad_roots
        ]
        found: list[Block] = []
        at_old, at_new = self.ranges[0].start, self.ranges[1].start
        for left, right in sorted(blocks, key=lambda block: block[0].start):
            ends = [*((False, line) for line in left), *((True, line) for line in right)]
            is_pure = not any(self._root(line) in bad_roots for line in ends)
            if left.start >= at_old and right.start >= at_new and is_pure:
                found.append((left, right))
                at_old, at_new = left.stop, right.stop
        return found
