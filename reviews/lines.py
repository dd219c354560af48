"""What a diff is made of: the lines of one side, and what points at them."""

from dataclasses import dataclass
from typing import Literal, Protocol

from django.utils.translation import gettext

LONGEST = 1_000_000  # characters of one side that are compared and shown
MOST_LINES = 20_000  # of one side

type Side = Literal["output", "ideal"]


class OnLine(Protocol):
    """Whatever stands under a line of one side; lines count from 1."""

    @property
    def side(self) -> Side: ...
    @property
    def line(self) -> int: ...


class Remark(OnLine, Protocol):
    """What the diff needs of a finding: columns count from 0."""

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

    def holds(self, line: int) -> bool:
        """Whether a character of the block stands on the line, counted from 1."""
        return self.start_line <= line <= self.last_line

    def __str__(self) -> str:
        if self.start_line == self.last_line == self.end_line:
            return gettext("line {start_line}, columns {start_column}–{end_column}").format(
                start_line=self.start_line,
                start_column=self.start_column + 1,
                end_column=self.end_column,
            )
        if self.start_line == self.last_line:
            return gettext("line {start_line}").format(start_line=self.start_line)
        return gettext("lines {start_line}–{last_line}").format(
            start_line=self.start_line, last_line=self.last_line
        )


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
            return cls(shown, gettext("cut short"), len(text) - len("\n".join(shown)))
        unended = bool(lines[-1])
        if not unended:
            lines.pop()
        said = [gettext("no newline at the end")] if unended else []
        ended = lines[:-1] if unended else lines
        if ended and all(line.endswith("\r") for line in ended):
            lines = [line.removesuffix("\r") for line in lines]
            said.insert(0, gettext("CRLF line ends"))
        return cls(lines, ", ".join(said))
