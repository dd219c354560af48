"""The diff a reviewer reads: rows of two cells, in runs that stay, change, or are folded away.

Side by side and unified are the same rows; the style sheet only reorders them. Pure: values in,
values out, and the HTML in them is built from escaped pieces (reviews.highlighting).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, Protocol

from reviews.alignment import Pair, Range, align, changed_words
from reviews.highlighting import Colour, Layer, Markup, colours, render

AROUND = 3  # unchanged lines kept on each side of a change
FOLDED = 8  # fewer hidden lines than this are not worth a fold
LONGEST = 400_000  # characters of one side that are compared and shown
MOST_LINES = 5_000  # of one side; comparing and colouring takes up to a third of a ms each
DEEPEST = 6  # levels of four columns that wrapped lines hang under

HEADING = re.compile(
    r"\s*((export|public|private|protected|static|pub|async|abstract)\s+)*"
    r"(def|class|func|function|fn|impl|struct|interface|trait|module|enum)\b"
)

type Side = Literal["output", "ideal"]


class Remark(Protocol):
    """What the diff needs of a finding: lines from 1, columns from 0."""

    @property
    def side(self) -> Side: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True)
class Span:
    """The developer's wrong block: half-open, lines from 1, columns from 0."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int

    @property
    def last_line(self) -> int:
        """The last line that holds a character of the block."""
        ends_before = self.end_column == 0 and self.end_line > self.start_line
        return self.end_line - 1 if ends_before else self.end_line

    def __str__(self) -> str:
        if self.start_line == self.last_line == self.end_line:
            return f"line {self.start_line}, columns {self.start_column + 1}–{self.end_column}"
        if self.start_line == self.last_line:
            return f"line {self.start_line}"
        return f"lines {self.start_line}–{self.last_line}"


@dataclass(frozen=True)
class Text:
    """One side, taken apart."""

    lines: list[str]
    endings: str  # what is unusual about its line ends, in words; mostly empty
    unshown: int = 0  # characters left out, because a page that never comes shows nothing

    @classmethod
    def of(cls, text: str) -> "Text":
        """Lines end at \\n only; the \\r of a text that always has it is said once, not shown."""
        if not text:
            return cls([], "empty")
        lines = text[:LONGEST].split("\n")
        if len(text) > LONGEST or len(lines) - (not lines[-1]) > MOST_LINES:
            shown = lines[:MOST_LINES]
            return cls(shown, "cut short", len(text) - len("\n".join(shown)))
        unended = bool(lines[-1])
        if not unended:
            lines.pop()
        said = ["no newline at the end"] if unended else []
        ended = lines[:-1] if unended else lines
        if ended and all(line.endswith("\r") for line in ended):
            lines = [line.removesuffix("\r") for line in lines]
            said.insert(0, "CRLF line ends")
        return cls(lines, ", ".join(said))


@dataclass(frozen=True)
class Cell:
    """One side of one row."""

    number: int
    sign: Literal["", "~", "−", "+"]
    css: str
    code: Markup
    indent: int
    notes: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Row:
    """A line and its answer; either may be missing."""

    left: Cell | None
    right: Cell | None
    css: str
    bracket: str = ""  # the developer's bracket where the left cell is empty or has notes
    starts_block: bool = False

    @property
    def noted(self) -> bool:
        """Whether findings stand under this row."""
        return bool((self.left and self.left.notes) or (self.right and self.right.notes))


@dataclass(frozen=True)
class Hunk:
    """Rows of one kind: unchanged, changed, or hidden behind a fold."""

    kind: Literal["same", "change", "fold"]
    number: int
    rows: tuple[Row, ...] = ()
    hidden: int = 0
    hint: str = ""


@dataclass(frozen=True)
class Diff:
    """Everything the page shows of the two texts."""

    hunks: tuple[Hunk, ...]
    removed: int
    added: int
    spaced: int
    endings: tuple[str, str]
    block: str  # where the developer's wrong block is, in words
    unplaced: tuple[Remark, ...]  # findings on lines that are not there
    unshown: int  # characters of both sides that are too much for a page

    @property
    def same(self) -> bool:
        """Whether the correction changes nothing."""
        edited = self.removed or self.added or self.spaced or self.unshown
        return not (edited or self.endings[0] != self.endings[1])


def diff(
    output: str,
    ideal: str,
    *,
    language: str = "",
    file_path: str = "",
    span: Span | None = None,
    findings: Sequence[Remark] = (),
    unfolded: Collection[int] = (),
) -> Diff:
    """Compare the model's output with the correction; `unfolded` numbers folds to show."""
    old, new = Text.of(output), Text.of(ideal)
    painter = _Painter(
        old.lines,
        new.lines,
        colours(old.lines, language, file_path),
        colours(new.lines, language, file_path),
        span,
        findings,
    )
    pairs = align(old.lines, new.lines)
    kinds = [pair.kind for pair in pairs]
    changed = [pair for pair in pairs if pair.kind in ("changed", "apart")]
    return Diff(
        hunks=tuple(_hunks(pairs, painter, unfolded)),
        removed=sum(pair.old is not None for pair in changed),
        added=sum(pair.new is not None for pair in changed),
        spaced=kinds.count("space"),
        endings=(old.endings, new.endings),
        block=str(span) if span else "",
        unplaced=tuple(each for each in findings if not painter.has_line(each)),
        unshown=old.unshown + new.unshown,
    )


def _hunks(pairs: Sequence[Pair], painter: "_Painter", unfolded: Collection[int]) -> list[Hunk]:
    """Runs of rows; a fold is numbered by the row it begins at, whatever else is unfolded."""
    telling = [pair.kind != "same" or painter.in_block(pair) for pair in pairs]
    near = [any(telling[max(n - AROUND, 0) : n + AROUND + 1]) for n in range(len(pairs))]
    hunks: list[Hunk] = []
    start = 0
    for (same, kept), group in groupby(zip(pairs, near, strict=True), key=_run_key):
        run = [pair for pair, _ in group]
        if same and not kept and len(run) >= FOLDED and start not in unfolded and any(telling):
            hunks.append(Hunk("fold", start, hidden=len(run), hint=painter.heading(run)))
        else:
            rows = tuple(painter.row(pair) for pair in run)
            hunks.append(Hunk("same" if same else "change", start, rows))
        start += len(run)
    return hunks


def _run_key(placed: tuple[Pair, bool]) -> tuple[bool, bool]:
    pair, near = placed
    return pair.kind == "same", near or pair.kind != "same"


class _Painter:
    """Turns pairs of line numbers into rows; knows both texts and what is marked in them."""

    def __init__(
        self,
        old: Sequence[str],
        new: Sequence[str],
        old_colours: Sequence[Sequence[Colour]],
        new_colours: Sequence[Sequence[Colour]],
        span: Span | None,
        findings: Sequence[Remark],
    ) -> None:
        self.old, self.new = old, new
        self.old_colours, self.new_colours = old_colours, new_colours
        self.span = span
        self.findings: dict[tuple[Side, int], list[Remark]] = {}
        for each in findings:
            self.findings.setdefault((each.side, each.line), []).append(each)
        self.at_old = 0  # output lines drawn so far, for the bracket beside empty cells

    def has_line(self, finding: Remark) -> bool:
        lines = self.old if finding.side == "output" else self.new
        return 1 <= finding.line <= len(lines)

    def in_block(self, pair: Pair) -> bool:
        """Whether the developer marked the output's line."""
        if self.span is None or pair.old is None:
            return False
        return self.span.start_line <= pair.old + 1 <= self.span.last_line

    def heading(self, run: Sequence[Pair]) -> str:
        """The last line of a folded run that opens a function or class."""
        lines = [self.new[pair.new] for pair in reversed(run) if pair.new is not None]
        opens = (line for line in lines if HEADING.match(line) and not line.endswith(";"))
        found = next(opens, "")
        return found.strip()[:80]

    def row(self, pair: Pair) -> Row:
        left = right = None
        words: tuple[list[Range], list[Range]] = ([], [])
        if pair.old is not None and pair.new is not None and pair.kind == "changed":
            words = changed_words(self.old[pair.old], self.new[pair.new])
        if pair.old is not None:
            self.at_old = pair.old + 1
            left = self._left(pair.old, pair.kind, words[0])
        if pair.new is not None:
            right = self._right(pair.new, pair.kind, words[1])
        css = {"same": "ctx", "space": "ctx is-fmt"}.get(pair.kind, "")
        starts = bool(left and self.span and self.at_old == self.span.start_line)
        return Row(left, right, css, self._bracket(left), starts)

    def _left(self, index: int, kind: str, words: list[Range]) -> Cell:
        number, line = index + 1, self.old[index]
        notes = self._notes("output", number)
        css = "l"
        css += " del" if kind in ("changed", "apart") else ""
        layers = [
            Layer("mark", words),
            Layer('span class="wbx"', self._marked_part(number, line)),
            Layer("u", [_named(line, note.column) for note in notes]),
        ]
        if self.span and self.span.start_line <= number <= self.span.last_line:
            css += " wb"
            css += " wb-a" if number == self.span.start_line else ""
            css += " wb-z" if number == self.span.last_line and not notes else ""
        code = render(line, self.old_colours[index], layers)
        return Cell(number, _sign(kind, "−"), css, code, _indent(line), notes)

    def _right(self, index: int, kind: str, words: list[Range]) -> Cell:
        number, line = index + 1, self.new[index]
        notes = self._notes("ideal", number)
        css = "r add" if kind in ("changed", "apart") else "r"
        under = Layer("u", [_named(line, note.column) for note in notes])
        code = render(line, self.new_colours[index], [Layer("mark", words), under])
        return Cell(number, _sign(kind, "+"), css, code, _indent(line), notes)

    def _notes(self, side: Side, number: int) -> tuple[Remark, ...]:
        return tuple(self.findings.get((side, number), ()))

    def _bracket(self, left: Cell | None) -> str:
        """The bracket's classes for a row's empty left cell or for the notes below its line."""
        if not self.span or not self.span.start_line <= self.at_old <= self.span.last_line:
            return ""
        if self.at_old < self.span.last_line:
            return "wb"
        return "wb wb-z" if left and left.notes else ""

    def _marked_part(self, number: int, line: str) -> list[Range]:
        """The characters of the wrong block in this line, where it is not the whole line."""
        if not self.span or not self.span.start_line <= number <= self.span.last_line:
            return []
        start = self.span.start_column if number == self.span.start_line else 0
        end = self.span.end_column if number == self.span.end_line else len(line)
        whole = not line[:start].strip() and not line[end:].strip()
        return [] if whole or start >= end else [(start, end)]


def _sign(kind: str, changed: Literal["−", "+"]) -> Literal["", "~", "−", "+"]:
    if kind == "same":
        return ""
    return "~" if kind == "space" else changed


def _named(line: str, column: int) -> Range:
    """What a finding points at: the dotted name, or the one sign, at its column."""
    match = re.compile(r"[\w.]+|\S").search(line, max(column, 0))
    return match.span() if match else (0, 0)


def _indent(line: str) -> int:
    blanks = line[: len(line) - len(line.lstrip())].expandtabs(4)
    return min(len(blanks) // 4, DEEPEST)
