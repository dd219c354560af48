"""What a reviewer said of lines in a merge request: the part that code hosts have in common.

The lines are the generation, the words a reaction to it, and a suggestion that was taken is the
correction. All of it comes from the event alone; a file is never asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt

from feedback.clients.reading import Record
from feedback.clients.telling import correction, fingerprint, generation, reaction

HUNK = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@")
SUGGESTION = re.compile(r"suggestion(?::-(\d{1,3})\+(\d{1,3}))?\s*")
MOST_LINES = 5000  # of a remark
FENCES = MarkdownIt("zero").enable("fence").disable("inline")
TAKEN = "thread resolved after its lines changed"

type Lines = tuple[int, int]  # the first and the last, counted from 1
type Rows = tuple[int, int]  # from the first up to, not including, the last, counted from 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Lines that a reviewer wrote out, in place of those it stands at."""

    code: str
    above: int  # lines before the one it stands at that it also replaces
    below: int
    rows: Rows  # of the remark that it takes up
    around: tuple[str, ...] = field(repr=False)  # the remark, shared by all of its suggestions

    @property
    def words(self) -> str:
        """What else the remark says; drawn up when asked, as a remark may have thousands."""
        start, end = self.rows
        return "\n".join((*self.around[:start], *self.around[end:])).strip()


@dataclass(frozen=True, slots=True)
class Remark:
    """What one person or program said of some lines."""

    client: str
    about: str  # the generation's id
    id: str
    body: str
    by: Any = None
    at: str | None = None
    is_program: bool = False
    code: str | None = None  # the lines, where the event has them
    aliases: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)  # of the generation


def generation_of(remark: Remark) -> list[Record]:
    """The lines that the remark is about; none where the event does not have them."""
    if remark.code is None:
        return []
    return [generation(remark.about, remark.code, aliases=remark.aliases, **remark.told)]


def reaction_of(remark: Remark) -> list[Record]:
    """What a person said; a program's words are nobody's reaction.

    The words are part of the id: a remark that was edited stands beside what it said before.
    """
    if remark.is_program or not remark.body.strip():
        return []
    told = (remark.id, remark.by, remark.at, remark.body)
    named = fingerprint(remark.client, "commented", remark.about, *told)
    fields = {"developer": remark.by, "occurred_at": remark.at, "comment_id": remark.id}
    return [reaction(named, remark.about, "commented", comment=remark.body, **fields)]


def correction_of(remark: Remark, corrected: str, words: str) -> list[Record]:
    """The lines as they should have been, which somebody took over."""
    if corrected == remark.code:
        return []
    told = (remark.id, remark.by, corrected, words)
    named = fingerprint(remark.client, "suggested", remark.about, *told)
    fields = {"developer": remark.by, "comment_id": remark.id, "evidence": TAKEN}
    program = {"suggested_by": "program"} if remark.is_program else {}
    return [correction(named, remark.about, corrected, comment=words, **fields, **program)]


def code_at(diff: Any, lines: Lines) -> str | None:
    """These lines of the new file, as a unified diff shows them; None where it does not."""
    first, last = lines
    if not isinstance(diff, str) or not 0 < first <= last < first + MOST_LINES:
        return None
    shown = _new_lines(diff)
    wanted = [shown.get(number) for number in range(first, last + 1)]
    if None in wanted:
        return None
    return "".join(f"{line}\n" for line in wanted)


def suggestions(body: str) -> list[Suggestion]:
    """The suggestions in a remark's Markdown, in their order."""
    if "suggestion" not in body:
        return []
    lines = tuple(body.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    found = []
    for token in FENCES.parse("\n".join(lines)):
        named = SUGGESTION.fullmatch(token.info.strip()) if token.type == "fence" else None
        if named and token.map:
            start, end = token.map
            above, below = int(named[1] or 0), int(named[2] or 0)
            ended = "" if token.content.endswith("\n") or not token.content else "\n"
            code = token.content + ended
            found.append(Suggestion(code, above, below, (start, end), lines))
    return found


def line_number(value: Any) -> int:
    """A line's number, or 0 where it is none."""
    return value if type(value) is int and 0 < value < 10**9 else 0


def _new_lines(diff: str) -> dict[int, str]:
    """The lines of the new file by their number. Line ends are line feeds on both sides."""
    found: dict[int, str] = {}
    number = 0
    for line in diff.split("\n"):
        if head := HUNK.match(line):
            number = int(head[1])
        elif number and line[:1] in (" ", "+"):
            found[number] = line[1:].removesuffix("\r")
            number += 1
    return found
