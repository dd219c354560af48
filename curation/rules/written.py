"""Rules that a project's curators wrote in the browser: words, a pattern, a fixed finding.

All of a project's rules are one voter. They are written by the same people after the same mistakes,
and voters that see the same thing must not be counted apart (docs/labels.md). Patterns run under
RE2, whose time grows with the text and nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2
from django.utils.translation import gettext_noop

from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("written rules")
LIMIT = 200_000  # characters read of a text
SHOWN = 60  # of what was found
MEMORY = 1 << 20  # bytes an expression may take
FINDING = re.compile(r"(ruff|bandit)[: ]+([A-Z]+[0-9]*)")
SPLIT = re.compile(r"[,\n]+")
# What is in any text; an expression that finds one of these would vote on everything
ANY = ("", "a", "0", " ", "x = 1\n", "return None\n")


class BadRule(ValueError):
    """The rule cannot be used; `args` are a kind of fault and what the engine says."""


@dataclass(frozen=True)
class Rule:
    """One rule as it votes: what it looks for and where, and the top category it says."""

    number: int
    name: str
    kind: str  # words, pattern, finding
    looks_for: str
    place: str  # comment, removed, added, prompt; empty for a finding
    category: str


@dataclass(frozen=True)
class Hit:
    """Where a rule found something: the text around it in three parts, of which one was found."""

    before: str
    found: str
    after: str


def check(rule: Rule) -> None:
    """Raises BadRule: `nothing`, `no_finding`, `syntax` or `everything`."""
    if rule.kind == "finding":
        if not FINDING.fullmatch(rule.looks_for.strip()):
            raise BadRule("no_finding")
        return
    try:
        pattern = _compiled(rule.kind, rule.looks_for)
    except re2.error as error:
        told = error.args[0] if error.args else b""
        raise BadRule("syntax", told.decode() if isinstance(told, bytes) else str(told)) from None
    if any(pattern.search(text) for text in ANY):
        raise BadRule("everything")


def hit_of(rule: Rule, evidence: Evidence) -> Hit | None:
    """The first thing a rule finds in an example; None where it finds nothing. Raises BadRule."""
    return _hit(rule, evidence, text_at(rule.place, evidence))


def _hit(rule: Rule, evidence: Evidence, text: str) -> Hit | None:
    if rule.kind == "finding":
        return _finding(rule, evidence)
    try:
        match = _compiled(rule.kind, rule.looks_for).search(text)
    except re2.error as error:
        raise BadRule("syntax") from error
    if match is None:
        return None
    start, end = match.span(1 if rule.kind == "words" else 0)
    around = text[max(0, start - SHOWN) : start], text[end : end + SHOWN]
    return Hit(around[0], text[start:end][: 2 * SHOWN], around[1])


def opinion(evidence: Evidence, rules: Sequence[Rule], version: int = 1) -> Opinion:
    """What most of the rules that find something say; a tie is no opinion."""
    texts = {place: text_at(place, evidence) for place in {rule.place for rule in rules}}
    tried = [(rule, _tried(rule, evidence, texts[rule.place])) for rule in rules]
    found = [(rule, hit) for rule, hit in tried if hit]
    if not found:
        return Opinion(LABELER, None, "No rule finds anything.", version=version)
    said = Counter(rule.category for rule, _ in found).most_common(2)
    kept = {"rules": [rule.number for rule, _ in found][:20]}
    if len(said) > 1 and said[0][1] == said[1][1]:
        told = f"As many rules say {said[0][0]} as {said[1][0]}."
        return Opinion(LABELER, None, told, kept, version)
    category = said[0][0]
    rule, hit = next((rule, hit) for rule, hit in found if rule.category == category)
    what = f"“{rule.name}” finds “{hit.found[:SHOWN]}”."
    return Opinion(LABELER, category, what, kept, version)


def text_at(place: str, evidence: Evidence) -> str:
    """The text that a rule looks into, no more than LIMIT characters of it."""
    if place in ("comment", "prompt", ""):
        return getattr(evidence, place)[:LIMIT] if place else ""
    before = Counter(evidence.output.split("\n"))
    after = Counter(evidence.ideal.split("\n"))
    only, text = (
        (before - after, evidence.output)
        if place == "removed"
        else (after - before, evidence.ideal)
    )
    return "\n".join(_lines_of(text, only))[:LIMIT]


def _lines_of(text: str, only: Counter[str]) -> Iterator[str]:
    left = Counter(only)
    for line in text.split("\n"):
        if left[line]:
            left[line] -= 1
            yield line


def _tried(rule: Rule, evidence: Evidence, text: str) -> Hit | None:
    """A rule that this version's engine does not take finds nothing, and stops nobody's vote."""
    try:
        return _hit(rule, evidence, text)
    except BadRule:
        return None


def _finding(rule: Rule, evidence: Evidence) -> Hit | None:
    wanted = FINDING.fullmatch(rule.looks_for.strip())
    for each in evidence.findings or ():
        is_it = wanted and each.tool == wanted[1] and each.rule.startswith(wanted[2])
        if is_it and each.state == "fixed":
            return Hit("", f"{each.tool} {each.rule}", f" {each.message}"[: 2 * SHOWN])
    return None


@lru_cache(512)
def _compiled(kind: str, looks_for: str) -> Any:
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    if kind == "words":
        words = [word.strip() for word in SPLIT.split(looks_for) if word.strip()]
        if not words:
            raise BadRule("nothing")
        options.case_sensitive = False
        told = "|".join(re2.escape(word) for word in words)
        return re2.compile(rf"(?:^|[^\pL\pN_])({told})(?:$|[^\pL\pN_])", options)
    if not looks_for.strip():
        raise BadRule("nothing")
    return re2.compile(looks_for, options)
