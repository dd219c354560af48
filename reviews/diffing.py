"""The diff a reviewer reads: rows of two cells, in runs that stay, change, or are folded away.

Side by side and unified are the same rows; the style sheet only reorders them. Pure: values in,
values out, and the HTML in them is built from escaped pieces (reviews.highlighting). Of a long
diff only a window is painted; where it ends is said, so that the next one can begin there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from lib.clock import TooSlow
from lib.grammars import NoGrammar
from reviews.alignment import Alignment, Pair, quotes_of
from reviews.formatting import without_formatting
from reviews.highlighting import Colouring
from reviews.lines import OnLine, Text
from reviews.painting import Marks, Painter, Row, Sheet

AROUND = 3  # unchanged lines kept on each side of a change
FOLDED = 8  # fewer hidden lines than this are not worth a fold
TALL = 50  # rows of a hunk that is laid out when it comes near
PIECE = 100  # rows of one hunk; a page is laid out hunk by hunk
WINDOW, FURTHER = 150, 400  # rows that are painted at first, and of what comes after
LONG_LINES, LONG_TEXT = 1_000, 60_000  # lines and characters of both sides that take a moment

type Hide = Literal["nothing", "blanks", "format"]
type Limit = Literal["", "no grammar", "too slow"]


@dataclass(frozen=True)
class How:
    """How somebody wants to read a diff, and which part of it."""

    hide: Hide = "nothing"
    unfolded: frozenset[int] = frozenset()  # numbers of folds
    all_unfolded: bool = False
    first: int = 0  # row to begin at
    until: int | None = None  # row to end before
    most: int = WINDOW  # rows to paint, about; a piece is never cut


@dataclass(frozen=True)
class Hunk:
    """Rows of one kind: unchanged, changed, or hidden behind a fold."""

    kind: Literal["same", "change", "fold"]
    number: int  # of its first row
    rows: tuple[Row, ...] = ()
    hidden: int = 0  # rows behind the fold, or that can be folded away again
    hint: str = ""
    quiet: int = 0  # hidden rows that do differ, in what is not to be looked at
    run: int = 0  # number of the run it is a piece of

    @property
    def is_first(self) -> bool:
        """Not so for the later pieces of a long run."""
        return self.run == self.number

    @property
    def is_tall(self) -> bool:
        """Whether it is worth laying out only when it comes near."""
        return len(self.rows) >= TALL

    @property
    def until(self) -> int:
        """The row after the last hidden one."""
        return self.number + self.hidden


@dataclass(frozen=True)
class Rest:
    """What comes after the painted window."""

    first: int
    until: int
    rows: int
    changes: int


@dataclass(frozen=True)
class Diff:
    """Everything the page shows of the two texts."""

    hunks: tuple[Hunk, ...]
    rest: Rest | None
    folds: int  # how many folds there are, open or not
    removed: int
    added: int
    moved: int  # lines that stand elsewhere now
    spaced: int  # rows that differ in blanks only
    quiet: int  # rows that differ and are shown as if they did not, because that was asked for
    limit: Limit  # why formatting could not be told from change
    endings: tuple[str, str]
    block: str  # where the developer's wrong block is, in words
    unplaced: tuple[OnLine, ...]  # findings and threads on lines that are not there
    unshown: int  # characters of both sides that are too much for a page

    @property
    def same(self) -> bool:
        """Whether the correction changes nothing."""
        edited = self.removed or self.added or self.moved or self.spaced or self.quiet
        return not (edited or self.unshown or self.endings[0] != self.endings[1])


def is_long(output: str, ideal: str) -> bool:
    """Whether comparing the two takes longer than somebody should wait for a page."""
    texts = (output, ideal)
    return any(len(text) > LONG_TEXT or text.count("\n") > LONG_LINES for text in texts)


def diff(
    output: str,
    ideal: str,
    *,
    language: str = "",
    file_path: str = "",
    marks: Marks | None = None,
    how: How | None = None,
) -> Diff:
    """Compare the model's output with the correction; a line with a thread is never folded."""
    marks, how = marks or Marks(), how or How()
    old, new = Text.of(output), Text.of(ideal)
    alignment = Alignment(old.lines, new.lines)
    pairs, limit = _pairs(alignment, language, file_path, how.hide)
    quiet = [_is_quiet(pair, alignment, how.hide) for pair in pairs]
    sheets = [Sheet(text.lines, Colouring(text.lines, language, file_path)) for text in (old, new)]
    painter = Painter(sheets[0], sheets[1], marks, alignment.moves)
    runs = _Runs(pairs, quiet, painter, how)
    hunks, rest = runs.window()
    loud = [pair for pair, hidden in zip(pairs, quiet, strict=True) if not hidden]
    edited = [pair for pair in loud if pair.kind in ("changed", "apart")]
    placed = [*marks.findings, *marks.threads]
    return Diff(
        hunks=tuple(hunks),
        rest=rest,
        folds=runs.folds,
        removed=sum(pair.old is not None for pair in edited),
        added=sum(pair.new is not None for pair in edited),
        moved=sum(len(move.old) for move in alignment.moves),
        spaced=sum(pair.kind == "space" for pair in loud),
        quiet=sum(quiet),
        limit=limit,
        endings=(old.endings, new.endings),
        block=str(marks.span) if marks.span else "",
        unplaced=tuple(each for each in placed if not painter.has_line(each)),
        unshown=old.unshown + new.unshown,
    )


def _pairs(
    alignment: Alignment, language: str, file_path: str, hide: Hide
) -> tuple[list[Pair], Limit]:
    if hide != "format":
        return alignment.pairs, ""
    try:
        return without_formatting(alignment, language, file_path), ""
    except NoGrammar:
        return alignment.pairs, "no grammar"
    except TooSlow:
        return alignment.pairs, "too slow"


def _is_quiet(pair: Pair, alignment: Alignment, hide: Hide) -> bool:
    """Whether the pair differs only in what is not to be looked at."""
    if pair.kind in ("same", "format") or hide != "blanks":
        return pair.kind == "format"
    old = "" if pair.old is None else alignment.old[pair.old]
    new = "" if pair.new is None else alignment.new[pair.new]
    if pair.kind == "space":
        return quotes_of(old) == quotes_of(new)
    return not old.strip() and not new.strip()


@dataclass(frozen=True)
class _Run:
    """Neighbouring rows that are shown, or hidden, together."""

    start: int
    stop: int
    is_same: bool
    can_fold: bool


class _Runs:
    """The rows of a diff in runs; a fold is numbered by its first row, whatever else is open."""

    def __init__(
        self, pairs: Sequence[Pair], quiet: Sequence[bool], painter: Painter, how: How
    ) -> None:
        self.pairs, self.quiet, self.painter, self.how = pairs, quiet, painter, how
        self.runs = list(self._found())
        self.folds = sum(run.can_fold for run in self.runs)

    def window(self) -> tuple[list[Hunk], Rest | None]:
        """The hunks of the part that is wanted, and what is left."""
        until = len(self.pairs) if self.how.until is None else self.how.until
        pieces: list[tuple[_Run, _Run]] = []
        rest, rows = None, 0
        for piece, run in self._pieces(until):
            if rows >= self.how.most:
                rest = self._rest(piece.start, until)
                break
            pieces.append((piece, run))
            rows += 0 if self._is_folded(run) else piece.stop - piece.start
        self._read([piece for piece, run in pieces if not self._is_folded(run)])
        hunks = [
            self._fold(run) if self._is_folded(run) else self._painted(piece, run)
            for piece, run in pieces
        ]
        return hunks, rest

    def _read(self, pieces: Sequence["_Run"]) -> None:
        """Colour neighbours as one: what is read before them is read once."""
        start = stop = -1
        for piece in [*pieces, None]:
            if piece and piece.start == stop:
                stop = piece.stop
                continue
            if stop > start:
                self.painter.read(self.pairs[start:stop])
            start, stop = (piece.start, piece.stop) if piece else (-1, -1)

    def _found(self) -> Iterator[_Run]:
        same = [
            pair.kind == "same" or hidden
            for pair, hidden in zip(self.pairs, self.quiet, strict=True)
        ]
        marked = map(self.painter.is_marked, self.pairs)
        telling = [is_marked or not alike for alike, is_marked in zip(same, marked, strict=True)]
        near = _near(telling)
        folds = any(telling)
        start = 0
        keys = zip(same, near, strict=True)
        for (is_same, is_near), group in groupby(keys, lambda key: (key[0], key[1] or not key[0])):
            stop = start + sum(1 for _ in group)
            can_fold = is_same and not is_near and folds and stop - start >= FOLDED
            yield _Run(start, stop, is_same, can_fold)
            start = stop

    def _pieces(self, until: int) -> Iterator[tuple[_Run, _Run]]:
        """What is painted in one hunk, and the run it belongs to, from the first row wanted on."""
        for run in self.runs:
            step = run.stop - run.start if self._is_folded(run) else PIECE
            for start in range(run.start, run.stop, step):
                if self.how.first <= start < until:
                    yield _Run(start, min(start + step, run.stop), run.is_same, run.can_fold), run

    def _is_folded(self, run: _Run) -> bool:
        opened = self.how.all_unfolded or run.start in self.how.unfolded
        return run.can_fold and not opened

    def _fold(self, run: _Run) -> Hunk:
        hint = self.painter.heading(self.pairs[run.start : run.stop])
        quiet = sum(self.quiet[run.start : run.stop])
        return Hunk("fold", run.start, (), hidden=run.stop - run.start, hint=hint, quiet=quiet)

    def _painted(self, piece: _Run, run: _Run) -> Hunk:
        self.painter.at_old = _before(self.pairs, piece.start)
        places = range(piece.start, piece.stop)
        rows = tuple(self.painter.row(self.pairs[at], self.quiet[at]) for at in places)
        return Hunk(
            "same" if run.is_same else "change",
            piece.start,
            rows,
            hidden=run.stop - run.start if run.can_fold else 0,
            run=run.start,
        )

    def _rest(self, first: int, until: int) -> Rest:
        left = [run for run in self.runs if run.stop > first and run.start < until]
        shown = (
            min(run.stop, until) - max(run.start, first) for run in left if not self._is_folded(run)
        )
        changes = sum(not run.is_same and run.start >= first for run in left)
        return Rest(first, until, sum(shown), changes)


def _near(telling: Sequence[bool]) -> list[bool]:
    """Which rows stand at most AROUND rows from one that is to be seen."""
    near = [False] * len(telling)
    for at, tells in enumerate(telling):
        if tells:
            for beside in range(max(at - AROUND, 0), min(at + AROUND + 1, len(telling))):
                near[beside] = True
    return near


def _before(pairs: Sequence[Pair], at: int) -> int:
    """How many output lines stand before a row."""
    olds = (pairs[n].old for n in range(at - 1, -1, -1))
    return next((old + 1 for old in olds if old is not None), 0)
