"""Pairs of line numbers as rows of a diff, with their colours, marks, findings and threads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reviews.alignment import Kind, Pair, Range, changed_blanks, changed_words, other_indents
from reviews.highlighting import LONGEST_LINE, Colouring, Layer, Markup, blank_layers, render
from reviews.lines import OnLine, Remark, Side, Span
from reviews.moves import Move

DEEPEST = 6  # levels of four columns that wrapped lines hang under

HEADING = re.compile(
    r"\s*((export|public|private|protected|static|pub|async|abstract)\s+)*"
    r"(def|class|func|function|fn|impl|struct|interface|trait|module|enum)\b"
)
BLANK = 'span class="blank"'
NAME = re.compile(r"[\w.]+|\S")

type Sign = Literal["", "~", "≈", "−", "+", "→", "←"]
# On the output's side, and on the correction's
SIGNS: dict[Kind, tuple[Sign, Sign]] = {
    "same": ("", ""),
    "space": ("~", "~"),
    "format": ("≈", "≈"),
    "changed": ("−", "+"),
    "apart": ("−", "+"),
    "moved": ("→", "←"),
}


@dataclass(frozen=True)
class Cell:
    """One side of one row."""

    side: Side
    line: int
    sign: Sign
    css: str
    code: Markup
    indent: int
    notes: tuple[Remark, ...] = ()
    threads: tuple[OnLine, ...] = ()

    @property
    def anchor(self) -> str:
        """What the address of the line ends with."""
        return f"{self.side}-{self.line}"


@dataclass(frozen=True)
class OtherEnd:
    """Where a block of lines that begins here went, or came from; lines from 1."""

    side: Side  # of the other end
    line: int
    lines: int

    @property
    def anchor(self) -> str:
        """The address of its first line."""
        return f"{self.side}-{self.line}"


@dataclass(frozen=True)
class Row:
    """A line and its answer; either may be missing."""

    left: Cell | None
    right: Cell | None
    css: str
    bracket: str = ""  # the developer's bracket where the left cell is empty or has notes
    starts_block: bool = False
    went: OtherEnd | None = None
    came: OtherEnd | None = None

    @property
    def noted(self) -> bool:
        """Whether findings or threads stand under this row."""
        cells = [cell for cell in (self.left, self.right) if cell]
        return any(cell.notes or cell.threads for cell in cells)


@dataclass(frozen=True)
class Sheet:
    """One side as it is painted."""

    lines: Sequence[str]
    colouring: Colouring


@dataclass(frozen=True)
class Marks:
    """What is shown on and under the lines besides their changes."""

    span: Span | None = None
    findings: Sequence[Remark] = ()
    underlined: Sequence[Remark] | None = None  # the findings marked in the code; None: all
    threads: Sequence[OnLine] = ()
    blanks: bool = False  # whether every space and tab is made visible


class Painter:
    """Knows both sides and what is marked in them."""

    def __init__(self, old: Sheet, new: Sheet, marks: Marks, moves: Sequence[Move]) -> None:
        self.old, self.new = old, new
        self.span, self.blanks = marks.span, marks.blanks
        self.findings = _by_line(marks.findings)
        self.threads = _by_line(marks.threads)
        underlined = marks.findings if marks.underlined is None else marks.underlined
        self.underlined = _by_line(underlined)
        self.went = {move.old[0]: move for move in moves}
        self.came = {move.new[0]: move for move in moves}
        self.at_old = 0  # output lines drawn so far, for the bracket beside empty cells

    def has_line(self, each: OnLine) -> bool:
        """Whether the line is there at all."""
        sheet = self.old if each.side == "output" else self.new
        return 1 <= each.line <= len(sheet.lines)

    def is_marked(self, pair: Pair) -> bool:
        """Whether somebody marked or talks about a line of the pair."""
        places = (("output", pair.old), ("ideal", pair.new))
        talked = (at is not None and (side, at + 1) in self.threads for side, at in places)
        in_block = bool(self.span and pair.old is not None and self.span.holds(pair.old + 1))
        return in_block or any(talked)

    def heading(self, run: Sequence[Pair]) -> str:
        """The last line of a folded run that opens a function or class."""
        lines = (self.new.lines[pair.new] for pair in reversed(run) if pair.new is not None)
        found = next((line for line in lines if HEADING.match(line) and line[-1:] != ";"), "")
        return found.strip()[:80]

    def read(self, run: Sequence[Pair]) -> None:
        """Find the colours of rows that are painted next, all at once."""
        for sheet, lines in (
            (self.old, [pair.old for pair in run if pair.old is not None]),
            (self.new, [pair.new for pair in run if pair.new is not None]),
        ):
            if lines:
                sheet.colouring.read(lines[0], lines[-1] + 1)

    def row(self, pair: Pair, is_quiet: bool = False) -> Row:
        """Paint one pair; `is_quiet` where its difference is not to be looked at."""
        marks = self._differences(pair, is_quiet)
        left = right = None
        if pair.old is not None:
            self.at_old = pair.old + 1
            left = self._left(pair.old, "format" if is_quiet else pair.kind, marks[0])
        if pair.new is not None:
            right = self._right(pair.new, "format" if is_quiet else pair.kind, marks[1])
        starts = bool(left and self.span and self.at_old == self.span.start_line)
        css = {"same": "ctx", "space": "ctx is-fmt", "format": "ctx is-fmt"}.get(pair.kind, "")
        return Row(
            left,
            right,
            "ctx is-quiet" if is_quiet else css,
            self._bracket(left),
            starts,
            _end("ideal", self.went.get(-1 if pair.old is None else pair.old)),
            _end("output", self.came.get(-1 if pair.new is None else pair.new)),
        )

    def _differences(self, pair: Pair, is_quiet: bool) -> tuple[list[Layer], list[Layer]]:
        """What is marked inside the lines: words that changed, or blanks where only they did."""
        if pair.old is None or pair.new is None or is_quiet or pair.kind in ("same", "apart"):
            return [], []
        lines = [self.old.lines[pair.old][:LONGEST_LINE], self.new.lines[pair.new][:LONGEST_LINE]]
        if pair.kind == "changed":
            left, right = changed_words(*lines)
            before, after = other_indents(*lines)
            return [Layer("mark", left), Layer(BLANK, before)], [
                Layer("mark", right),
                Layer(BLANK, after),
            ]
        left, right = changed_blanks(*lines)
        return [Layer(BLANK, left)], [Layer(BLANK, right)]

    def _left(self, index: int, kind: Kind, marks: list[Layer]) -> Cell:
        line, number = self.old.lines[index], index + 1
        notes = self.findings.get(("output", number), ())
        threads = self.threads.get(("output", number), ())
        css = f"l{_ground(kind, 'del')}"
        layers = [*marks, Layer('span class="wbx"', self._marked_part(number, line))]
        if self.span and self.span.holds(number):
            css += " wb"
            css += " wb-a" if number == self.span.start_line else ""
            ends = number == self.span.last_line and not notes and not threads
            css += " wb-z" if ends else ""
        code = self._code("output", index, kind, layers)
        return Cell("output", number, SIGNS[kind][0], css, code, _indent(line), notes, threads)

    def _right(self, index: int, kind: Kind, marks: list[Layer]) -> Cell:
        line, number = self.new.lines[index], index + 1
        notes = self.findings.get(("ideal", number), ())
        threads = self.threads.get(("ideal", number), ())
        code = self._code("ideal", index, kind, marks)
        css = f"r{_ground(kind, 'add')}"
        return Cell("ideal", number, SIGNS[kind][1], css, code, _indent(line), notes, threads)

    def _code(self, side: Side, index: int, kind: Kind, marks: list[Layer]) -> Markup:
        sheet = self.old if side == "output" else self.new
        line, remarks = sheet.lines[index], self.underlined.get((side, index + 1), ())
        under = Layer("u", [_named(line, remark.column) for remark in remarks])
        tabs = self.blanks or any(mark.tag == BLANK and mark.ranges for mark in marks)
        is_edited = kind not in ("same", "format")
        blanks = blank_layers(line, spaces=self.blanks, tabs=tabs, end=is_edited)
        return render(line, sheet.colouring.of(index), [*marks, under, *blanks])

    def _bracket(self, left: Cell | None) -> str:
        """The bracket's classes for a row's empty left cell or for the notes below its line."""
        if not self.span or not self.span.holds(self.at_old):
            return ""
        if self.at_old < self.span.last_line:
            return "wb"
        return "wb wb-z" if left and (left.notes or left.threads) else ""

    def _marked_part(self, number: int, line: str) -> list[Range]:
        """The characters of the wrong block in this line, where it is not the whole line."""
        if not self.span or not self.span.holds(number):
            return []
        start = self.span.start_column if number == self.span.start_line else 0
        end = self.span.end_column if number == self.span.end_line else len(line)
        whole = not line[:start].strip() and not line[end:].strip()
        return [] if whole or start >= end else [(start, end)]


def _by_line[T: OnLine](things: Sequence[T]) -> dict[tuple[Side, int], tuple[T, ...]]:
    found: dict[tuple[Side, int], tuple[T, ...]] = {}
    for each in things:
        place = (each.side, each.line)
        found[place] = (*found.get(place, ()), each)
    return found


def _end(side: Side, move: Move | None) -> OtherEnd | None:
    if move is None:
        return None
    there = move.new if side == "ideal" else move.old
    return OtherEnd(side, there[0] + 1, len(there))


def _ground(kind: Kind, changed: str) -> str:
    if kind == "moved":
        return " mv"
    return f" {changed}" if kind in ("changed", "apart") else ""


def _named(line: str, column: int) -> Range:
    """What a finding points at: the dotted name, or the one sign, at its column."""
    match = NAME.search(line, max(column, 0))
    return match.span() if match else (0, 0)


def _indent(line: str) -> int:
    blanks = line[: len(line) - len(line.lstrip())].expandtabs(4)
    return min(len(blanks) // 4, DEEPEST)
