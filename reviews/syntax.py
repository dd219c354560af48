"""The words of a program and how they hang together, as a grammar reads them (tree-sitter).

A token's signature holds its text, the nodes that begin with it and how many ended before it, so
equal runs of signatures are equal pieces of a tree: what differs between them is layout. Strings
and comments are one token each, with every blank in them. What a grammar cannot read equals
nothing, not even itself.
"""

import re
import time
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from django.utils.translation import gettext
from tree_sitter import Node, Tree, TreeCursor

from lib.clock import TooSlow
from lib.grammars import grammar_of, parsed

SECONDS = 0.4  # for one text; some texts are made to keep a parser busy
SHORT = 30  # characters of a mistake that its message repeats

# Nodes in which a blank is never layout; runs of strings side by side are not one string
WHOLE = re.compile(
    r"string|heredoc|regex|comment|scalar|template_literal|encapsed|shell_command|backtick"
    r"|char_literal|character_literal|rune_literal|(^|_)text$|^text_"
)
PIECES = re.compile(r"^(concatenated|chained)_string$")

# Nodes whose last comma may stay or go; not a tuple's, which it makes
LOOSE = {
    *("argument_list", "arguments", "array", "array_expression", "dictionary", "enum_variant_list"),
    *("export_clause", "field_initializer_list", "formal_parameters", "list", "literal_value"),
    *("named_imports", "object", "parameter_list", "parameters", "set", "use_list"),
}
# Languages in which '…' and "…" say the same, where neither a quote nor a backslash is inside
EITHER_QUOTE = {"python", "javascript", "typescript", "tsx"}
PLAIN = re.compile(rb"""(\w*)(?:'([^'"\\\n]*)'|"([^'"\\\n]*)")""")
INDENTED = {"python": "block"}  # languages whose indentation is syntax, and the node that has it


@dataclass(frozen=True, slots=True)
class Unread:
    """The first place that a grammar cannot read: line and column from 1 and 0, and why."""

    line: int
    column: int  # in characters
    message: str


@dataclass(frozen=True, slots=True)
class Token:
    """Lines count from 0; signatures are there to be compared."""

    first: int
    last: int
    signature: Hashable


def tokens_of(
    lines: Sequence[str], language: str, file_path: str, wanted: Collection[int]
) -> list[Token]:
    """The tokens on the `wanted` lines, in order. Raises NoGrammar, or TooSlow."""
    name = grammar_of(language, file_path)
    over = time.monotonic() + SECONDS
    source = "\n".join(lines).encode(errors="replace")
    tree = parsed(source, name, over)
    return _Reader(name, source, len(lines), wanted, over).read(tree)


def first_unread(text: str, language: str, file_path: str) -> Unread | None:
    """The first place where the text is no program. Raises NoGrammar, or TooSlow."""
    name = grammar_of(language, file_path)
    source = text.encode(errors="replace")
    tree = parsed(source, name, time.monotonic() + SECONDS)
    if not tree.root_node.has_error:
        return None
    node = _innermost_unread(tree)
    row, column = node.start_point
    before = source.split(b"\n")[row][:column]
    return Unread(row + 1, len(before.decode(errors="replace")), _why_unread(node, source))


def _innermost_unread(tree: Tree) -> Node:
    """The first node in the text that is an error, the innermost of those that hold each other."""
    cursor = tree.walk()
    while cursor.goto_first_child():
        while not (cursor.node and (cursor.node.has_error or cursor.node.is_missing)):
            if not cursor.goto_next_sibling():
                cursor.goto_parent()
                assert cursor.node is not None
                return cursor.node
    assert cursor.node is not None
    return cursor.node


def _why_unread(node: Node, source: bytes) -> str:
    if node.is_missing:
        return gettext("{token} is missing here").format(token=node.type)
    said = source[node.start_byte : node.end_byte].decode(errors="replace").strip()
    if node.start_point.row == node.end_point.row and 0 < len(said) <= SHORT:
        return gettext("{token} is not expected here").format(token=said)
    return gettext("what begins here does not come to its end")


class _Reader:
    """Walks a tree without recursion, past everything that is not on a wanted line."""

    def __init__(
        self, name: str, source: bytes, lines: int, wanted: Collection[int], over: float
    ) -> None:
        self.name, self.source, self.over = name, source, over
        self.indents = INDENTED.get(name, "")
        flags = (line in wanted for line in range(lines + 1))
        self.before = list(accumulate(flags, initial=0))  # wanted lines before each line
        self.tokens: list[Token] = []
        self.opened: list[str] = []  # nodes that begin at the next token
        self.above: list[str] = []  # nodes we are in
        self.closed = self.depth = 0  # nodes that ended since the last token; indented ones around
        self.end, self.row = 0, 0  # where the last token ended
        self.texts: list[tuple[bytes, int]] = []  # of the tokens, and what ended before them

    def read(self, tree: Tree) -> list[Token]:
        cursor = tree.walk()
        while True:
            node = cursor.node
            assert node is not None
            inside = self._enter(node) and cursor.goto_first_child()
            if not inside and not self._onward(cursor):
                break
        if self.source[self.end :].strip():
            self._add(self.row, len(self.before), b"", object())
        return self.tokens

    def _enter(self, node: Node) -> bool:
        """Take the node as a token, pass it by, or say that it is to be entered."""
        first, last = node.start_point.row, node.end_point.row
        self._check_gap(node.start_byte, first)
        if not self._is_wanted(first, last):
            self.opened, self.closed = [], 0
            self.end, self.row = node.end_byte, last
            return False
        unread = node.is_error or node.is_missing
        if unread or node.child_count == 0 or self._is_whole(node.type):
            self._take(node, first, last, unread)
            return False
        self.opened.append(node.type)
        self.above.append(node.type)
        self.depth += node.type == self.indents
        return True

    def _onward(self, cursor: TreeCursor) -> bool:
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False
            self.closed += 1
            self.depth -= self.above.pop() == self.indents
        return True

    def _take(self, node: Node, first: int, last: int, unread: bool) -> None:
        text = self.source[node.start_byte : node.end_byte]
        beside = "comment" in node.type and bool(self.end) and self.row == first
        if text in (b")", b"]", b"}"):
            self._drop_last_comma()
        said = self._said(node.type, text)
        signature: Hashable = (self.closed, *self.opened, self.depth, node.type, said, beside)
        self._add(first, last, text, object() if unread else signature)
        self.opened, self.closed = [], 0
        self.end, self.row = node.end_byte, last
        if len(self.tokens) % 1000 == 0 and time.monotonic() > self.over:
            raise TooSlow

    def _said(self, kind: str, text: bytes) -> Hashable:
        """What is compared of a token: its text, or what it quotes where the quotes may vary."""
        if self.name not in EITHER_QUOTE or kind != "string":
            return text
        plain = PLAIN.fullmatch(text)
        return (plain[1], plain[2] or plain[3] or b"") if plain else text

    def _add(self, first: int, last: int, text: bytes, signature: Hashable) -> None:
        self.tokens.append(Token(first, last, signature))
        self.texts.append((text, self.closed))

    def _check_gap(self, start: int, row: int) -> None:
        """What the grammar passed over between two tokens is nothing we understand."""
        if start > self.end and self.source[self.end : start].strip():
            self._add(self.row, row, b"", self.source[self.end : start])

    def _drop_last_comma(self) -> None:
        if not self.above or self.above[-1] not in LOOSE or len(self.texts) < 2:
            return
        (before, _), (text, closed) = self.texts[-2:]
        if text == b"," and before not in (b",", b"["):
            self.tokens.pop()
            self.texts.pop()
            self.closed += closed

    def _is_wanted(self, first: int, last: int) -> bool:
        top = len(self.before) - 1
        return self.before[min(last + 1, top)] > self.before[min(first, top)]

    def _is_whole(self, kind: str) -> bool:
        return _whole(kind)


@cache
def _whole(kind: str) -> bool:
    return bool(WHOLE.search(kind)) and not PIECES.search(kind)
