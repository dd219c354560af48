"""Rules that a project's curators wrote in the browser: words, a pattern, a fixed finding.

All of a project's rules are one voter. They are written by the same people after the same mistakes,
and voters that see the same thing must not be counted apart (docs/labels.md).

Patterns run under RE2, whose time is the length of the text times that of the compiled pattern at
worst. Short patterns can be long compiled, so both lengths are bounded, a pattern is timed before
it is taken, and the rules together have only so long for an example.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2
from django.utils.translation import gettext_noop

from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("written rules")
LIMIT = 50_000  # characters read of a text
SHOWN = 60  # of what was found
MEMORY = 1 << 20  # bytes an expression may take
PROGRAM = 4_000  # instructions of RE2; that many take 1.5 s for LIMIT characters at worst
SAMPLE = 5_000  # characters a pattern is timed on
AT_MOST = 0.02  # seconds of processor time it may take for these; usual ones take a thousandth
TOGETHER = 0.5  # seconds of processor time after which no further rule is tried on an example
FINDING = re.compile(r"(ruff|bandit|emend)[: ]+([A-Z]+[0-9]*|[a-z]+/[a-z-]*)")
SPLIT = re.compile(r"[,\n]+")
# What is in any text; an expression that finds one of these would vote on everything
ANY = ("", "a", "0", " ", "x = 1\n", "return None\n")


class BadRule(ValueError):
    """The rule cannot be used; `args` are a kind of fault and what the engine says."""


class TooLong(Exception):
    """The rules took longer for an example than they may."""


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
    """Raises BadRule: `nothing`, `no_finding`, `syntax`, `everything` or `slow`."""
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
    if pattern.programsize > PROGRAM or _seconds(pattern, rule.looks_for) > AT_MOST:
        raise BadRule("slow")


def _seconds(pattern: Any, looks_for: str) -> float:
    """The most processor time for a text of the pattern's own letters, which keep it busiest."""
    letters = "".join(each for each in looks_for if each.isalnum()) or "a"
    texts = [(letters * SAMPLE)[:SAMPLE], *(each * SAMPLE for each in sorted(set(letters))[:8])]
    return max(_time_of(pattern, text) for text in texts)


def _time_of(pattern: Any, text: str) -> float:
    began = time.thread_time()
    pattern.search(text)
    return time.thread_time() - began


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
    try:
        found = _found(evidence, rules)
    except TooLong:
        return Opinion(LABELER, None, "The rules took too long.", version=version)
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


def _found(evidence: Evidence, rules: Sequence[Rule]) -> list[tuple[Rule, Hit]]:
    """The rules that find something, and what. Raises TooLong."""
    texts = {place: text_at(place, evidence) for place in {rule.place for rule in rules}}
    began = time.thread_time()
    found = []
    for rule in rules:
        if time.thread_time() - began > TOGETHER:
            raise TooLong
        if hit := _tried(rule, evidence, texts[rule.place]):
            found.append((rule, hit))
    return found


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
