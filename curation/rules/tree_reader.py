"""The process that makes trees of code nobody trusts, and looks for our patterns in them.

Parsers are C: a text may be made to keep one busy for minutes, or to bring it down. So texts are
read in a process of their own, one after another, and what was found in each is written at once:
whoever started it (curation.rules.trees) sees which text it was. Nothing of the text is run.
"""

import faulthandler
import json
import sys
import time
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import accumulate
from pkgutil import iter_modules

from tree_sitter import Node, Query, QueryCursor

from curation.rules import patterns
from curation.rules.patterns.pattern import FOUND, FUNCTIONS, Pattern
from lib.clock import TooSlow
from lib.grammars import grammar_named, parsed_here
from lib.parse_guard import bound_memory

SECONDS = 1.0  # for one text; it usually takes a hundredth
KEPT = 100  # remarks of one text
AT_ONCE = 1_024  # matches a query keeps open

type Place = tuple[str, str, int, int]  # rule, message, line from 1, column from 0


def main() -> None:
    """Read texts as JSON, [[grammar, text], …]; write what is found in each, a line each.

    It is over, from within C code too, once a text has taken its time.
    """
    bound_memory()
    for grammar, text in json.load(sys.stdin):
        _query(grammar)  # made once, and not on the text's time
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        sys.stdout.write(json.dumps(places(text, grammar)) + "\n")
        sys.stdout.flush()
        faulthandler.cancel_dump_traceback_later()


@cache
def all_patterns() -> tuple[Pattern, ...]:
    """The patterns of every file in the package, in the order of the files' names."""
    names = sorted(each.name for each in iter_modules(patterns.__path__))
    modules = [import_module(f"{patterns.__name__}.{name}") for name in names]
    return tuple(each for module in modules for each in getattr(module, "PATTERNS", ()))


def places(text: str, grammar: str) -> list[Place]:
    """What the patterns find in a text, each place once, in the text's order."""
    source = text.encode(errors="replace")
    try:
        tree = parsed_here(source, grammar, time.monotonic() + SECONDS)
    except TooSlow:
        return []
    found = {
        _place(pattern, node, source): node.start_byte
        for pattern, node in _matches(tree.root_node, grammar)
    }
    return sorted(found, key=lambda place: (found[place], place))[:KEPT]


def _place(pattern: Pattern, node: Node, source: bytes) -> Place:
    start = node.start_point
    before = source[node.start_byte - start.column : node.start_byte]
    return pattern.rule, pattern.message, start.row + 1, len(before.decode(errors="replace"))


def _matches(root: Node, grammar: str) -> Iterator[tuple[Pattern, Node]]:
    query, meant = _query(grammar)
    if query is None:
        return
    # Without a progress callback: tree-sitter 0.26.1 crashes where a match meets one
    for index, captured in QueryCursor(query, match_limit=AT_ONCE).matches(root):
        pattern = meant[index]
        for node in captured.get(FOUND, ()):
            if not pattern.inside or _lies_in(node, pattern.inside):
                yield pattern, node


def _lies_in(node: Node, kinds: frozenset[str]) -> bool:
    """Is it in one of these, within the same function?"""
    above = node.parent
    while above is not None and above.type not in FUNCTIONS:
        if above.type in kinds:
            return True
        above = above.parent
    return False


@cache
def _query(grammar: str) -> tuple[Query | None, tuple[Pattern, ...]]:
    """One query of all patterns, so that a tree is gone over once; and the pattern of each part."""
    language = grammar_named(grammar)
    told = [(each, f"{text}\n") for each in all_patterns() if (text := each.query(grammar))]
    if not told:
        return None, ()
    query = Query(language, "".join(text for _, text in told))
    ends = list(accumulate(len(text.encode()) for _, text in told))
    starts = (query.start_byte_for_pattern(index) for index in range(query.pattern_count))
    return query, tuple(told[bisect_right(ends, start)][0] for start in starts)
