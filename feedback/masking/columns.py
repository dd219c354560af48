"""Where a place in a text is after masking: lines stay, columns move."""

from collections.abc import Iterable, Sequence

# Line from 1; columns from and to in the text as it was sent; how long the placeholder is
type Shift = tuple[int, int, int, int]


def shifts(text: str, edits: Iterable[tuple[int, int, str]]) -> list[Shift]:
    """How edits (from, to, text instead), in order and each within a line, move columns."""
    found: list[Shift] = []
    line, line_start, seen = 1, 0, 0
    for start, end, instead in edits:
        line += text.count("\n", seen, start)
        line_start = text.rfind("\n", 0, start) + 1
        found.append((line, start - line_start, end - line_start, len(instead)))
        seen = start
    return found


def moved(line: int, column: int, known: Sequence[Shift], *, is_end: bool) -> int:
    """The column after masking. One inside a secret goes to the edge of its placeholder."""
    by = 0
    for at, start, end, length in known:
        if at != line or column <= start:
            continue
        if column < end:
            return start + by + (length if is_end else 0)
        by += length - (end - start)
    return column + by
