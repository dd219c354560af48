"""The parse gate: a correction must not be harder to read for a parser than what it corrects."""

import time

import pandas as pd
from tree_sitter import Node

from curation.recipe import Parsing
from curation.rules.shape import parsed as python_tree
from curation.stages.batch import Sifted, sift
from lib.clock import TooSlow
from lib.grammars import NoGrammar, grammar_of, parsed

STAGE = "parsing"
SECONDS = 0.4  # for one text; some texts are made to keep a parser busy


def readable(batch: pd.DataFrame, by: Parsing) -> Sifted:
    """Drop corrections that add errors for their grammar, or are no Python where they should be.

    A language without a grammar here is let through.
    """
    names = ("language", "file_path", "prompt", "rejected", "chosen")
    rows = zip(*(batch[name] for name in names), strict=True)
    return sift(batch, STAGE, [_reason(*each, by=by) for each in rows])


def _reason(
    language: str, file_path: str, prompt: str, rejected: str, chosen: str, *, by: Parsing
) -> str:
    try:
        grammar = grammar_of(language, file_path)
    except NoGrammar:
        return ""
    if grammar == "python" and by.python_must_parse:
        return "" if _is_python(prompt, rejected, chosen) else "does_not_parse"
    if not by.add_no_errors:
        return ""
    try:
        after = errors(chosen, grammar)
        return "adds_parse_errors" if after and after > errors(rejected, grammar) else ""
    except TooSlow:
        return "parser_gave_up"


def errors(text: str, grammar: str) -> int:
    """How many places of a text the grammar cannot read. Raises TooSlow."""
    tree = parsed(text.encode(errors="replace"), grammar, time.monotonic() + SECONDS)
    return _errors(tree.root_node) if tree.root_node.has_error else 0


def _errors(root: Node) -> int:
    found, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        found += node.is_error or node.is_missing
        waiting += [child for child in node.children if child.has_error or child.is_missing]
    return found


def _is_python(prompt: str, rejected: str, chosen: str) -> bool:
    """By itself, as the rest of the prompt, or as a fragment that adds no errors to another."""
    if python_tree(chosen) is not None or python_tree(prompt + chosen) is not None:
        return True
    if python_tree(rejected) is not None:
        return False
    try:
        return errors(chosen, "python") <= errors(rejected, "python")
    except TooSlow:
        return False
