"""Code as inert HTML: six classes of token, marks, and every hidden character made visible.

What is shown is other people's text. Each piece is escaped on its own, and characters that
change how a line reads without being seen are written out as U+202E (Boucher and Anderson
2021, "Trojan Source: Invisible Vulnerabilities").
"""

import re
import time
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

from django.utils.translation import gettext
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from lib.clock import TooSlow, within
from lib.scales import count

LONGEST_TEXT = 80_000  # characters; beyond this, or with such a line, code stays uncoloured
LONGEST_LINE = 5_000  # characters of one line that are shown
SECONDS = 0.5  # a side; some lexers take minutes over a text made for it, the rest stays plain
WHOLE = 20_000  # characters up to which a text is coloured as one
LEAD = 20  # lines read before those of a longer text that are coloured

# A token has the class of its own type, or of the nearest type above it.
CLASSES: dict[_TokenType, str] = {
    Token.Comment: "c",
    Token.Literal.String: "s",
    Token.Literal.Number: "n",
    Token.Keyword: "k",
    Token.Keyword.Type: "t",
    Token.Operator.Word: "k",
    Token.Name.Function: "f",
    Token.Name.Decorator: "f",
    Token.Name.Attribute: "f",
    Token.Name.Class: "t",
    Token.Name.Exception: "t",
    Token.Name.Builtin: "t",
    Token.Name.Builtin.Pseudo: "",
    Token.Name.Tag: "k",
}

# Controls but tab; blanks that are not a space; zero width; direction; tags; lone surrogates
HIDDEN = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
NAMED = {"\r": "CR", "\xa0": "NBSP", "\xad": "SHY", "\u200b": "ZWSP", "\ufeff": "BOM"}

SPACES, TAB = re.compile(" +"), re.compile("\t")

type Colour = tuple[int, int, str]


class Markup(str):
    """Text that is safe as HTML, because it was built from escaped pieces."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@dataclass(frozen=True)
class Layer:
    """Character ranges of one line that are wrapped in one element."""

    tag: str
    ranges: Sequence[tuple[int, int]]


class Colouring:
    """The colours of a text's lines, found when they are asked for.

    Of a long text only what is asked for is read, and a little before it: whoever looks at one
    hunk does not wait for the file. A string that began far above may have other colours then.
    """

    def __init__(self, lines: Sequence[str], language: str, file_path: str) -> None:
        self.lines, self.lexer = lines, _lexer(language, file_path)
        self.is_short = sum(map(len, lines)) <= WHOLE
        self.found: dict[int, list[Colour]] = {}
        self.seconds = SECONDS

    def of(self, index: int) -> Sequence[Colour]:
        """The coloured ranges of one line."""
        if index not in self.found:
            self.read(index, index + 1)
        return self.found[index]

    def read(self, start: int, stop: int) -> None:
        """Find the colours of these lines at once."""
        if self.is_short:
            start, stop = 0, len(self.lines)
        if start in self.found and stop - 1 in self.found:
            return
        lead = max(start - LEAD, 0)
        before = time.monotonic()
        lines = self.lines[lead:stop]
        found = _read(lines, self.lexer, max(self.seconds, 0))
        self.seconds -= time.monotonic() - before
        self.found |= dict(zip(range(start, stop), found[start - lead :], strict=True))


def colours(lines: Sequence[str], language: str, file_path: str) -> list[list[Colour]]:
    """For each line its coloured ranges: start, end, class. Empty where we know no better."""
    return _read(lines, _lexer(language, file_path), SECONDS)


def _read(lines: Sequence[str], lexer: Lexer | None, seconds: float) -> list[list[Colour]]:
    found: list[list[Colour]] = [[] for _ in lines]
    text = "\n".join(lines)
    if lexer is None or len(text) > LONGEST_TEXT or max(map(len, lines), default=0) > LONGEST_LINE:
        return found
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    with suppress(TooSlow):
        for offset, kind, value in within(seconds, lexer.get_tokens_unprocessed(text)):
            name = _class_of(kind)
            if not name:
                continue
            first = bisect_right(starts, offset) - 1
            for line, part in enumerate(value.split("\n"), first):
                begin = max(offset - starts[line], 0)
                if part:
                    found[line].append((begin, begin + len(part), name))
                offset = starts[line + 1]
    return [sorted(line) for line in found]


def render(line: str, colouring: Sequence[Colour], layers: Sequence[Layer] = ()) -> Markup:
    """One line as HTML: the layers from the outermost in, then the colours.

    The line is cut wherever anything begins or ends, and neighbours that share a wrapping share
    its element.
    """
    shown = line[:LONGEST_LINE]
    layers = [Layer(layer.tag, _joined(layer.ranges)) for layer in layers if layer.ranges]
    ranges = [(start, end) for start, end, _ in colouring]
    ranges += [each for layer in layers for each in layer.ranges]
    cuts = sorted({0, len(shown), *(min(edge, len(shown)) for pair in ranges for edge in pair)})
    pieces = [
        (shown[start:end], (*_tags(start, layers), _colour_at(start, colouring)))
        for start, end in pairwise(cuts)
    ]
    html = _nested(pieces, 0)
    if len(line) > LONGEST_LINE:
        more = gettext("… {n} more characters").format(n=count(len(line) - LONGEST_LINE))
        html += f'<span class="ctl">{more}</span>'
    return Markup(html)


def blank_layers(line: str, *, spaces: bool, tabs: bool, end: bool) -> list[Layer]:
    """Makes blanks visible: spaces, tabs, and those after the last word of a line."""
    shown = line[:LONGEST_LINE]
    layers = []
    if end and (at := len(shown.rstrip(" \t"))) < len(line.rstrip("\r\n")):
        layers.append(Layer('span class="trail"', [(at, len(shown))]))
    if spaces:
        layers.append(Layer('span class="ws"', [each.span() for each in SPACES.finditer(shown)]))
    if tabs:
        # by turns, since neighbours that are wrapped alike share one element
        found = [each.span() for each in TAB.finditer(shown)]
        layers.append(Layer('span class="tab"', found[::2]))
        layers.append(Layer('span class="tab is-next"', found[1::2]))
    return layers


def visible(text: str) -> str:
    """Escaped text, its hidden characters written out."""
    return HIDDEN.sub(_written_out, escape(text))


def _written_out(match: re.Match[str]) -> str:
    character = match.group()
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "CONTROL CHARACTER")
    shown = NAMED.get(character, code)
    return f'<span class="ctl" title="{code} {name}">{shown}</span>'


def _tags(at: int, layers: Sequence[Layer]) -> list[str]:
    """The opening tags around the character at `at`, an empty one where a layer is silent."""
    tags = []
    for layer in layers:
        nearest = bisect_right(layer.ranges, at, key=itemgetter(0)) - 1
        tags.append(layer.tag if nearest >= 0 and at < layer.ranges[nearest][1] else "")
    return tags


def _joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same characters in ranges that ascend and never overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def _colour_at(at: int, colouring: Sequence[Colour]) -> str:
    nearest = bisect_right(colouring, at, key=itemgetter(0)) - 1
    if nearest < 0 or colouring[nearest][1] <= at:
        return ""
    return f'span class="{colouring[nearest][2]}"'


def _nested(pieces: Sequence[tuple[str, tuple[str, ...]]], depth: int) -> str:
    if pieces and depth == len(pieces[0][1]):
        return visible("".join(text for text, _ in pieces))
    html = ""
    for tag, group in groupby(pieces, key=lambda piece: piece[1][depth]):
        inner = _nested(list(group), depth + 1)
        html += f"<{tag}>{inner}</{tag.split()[0]}>" if tag else inner
    return html


def _lexer(language: str, file_path: str) -> Lexer | None:
    for find, name in ((get_lexer_by_name, language), (get_lexer_for_filename, file_path)):
        try:
            return find(name.strip().lower())
        except ClassNotFound:
            continue
    return None


@cache
def _class_of(kind: _TokenType) -> str:
    if kind in CLASSES or kind.parent is None:
        return CLASSES.get(kind, "")
    return _class_of(kind.parent)
