"""What the analysers found on both sides of a correction, and which of it the developer fixed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.utils.translation import gettext_noop

from curation.models import Example, Vote

type Side = Literal["output", "ideal"]
type FindingState = Literal["fixed", "introduced", "unchanged"]

LABELER = gettext_noop("analysers")
LIMIT = 60  # kept per example; a generated file can have thousands


@dataclass(frozen=True)
class Remark:
    """What a tool says about one place of a text: lines from 1, columns from 0."""

    tool: str
    rule: str
    message: str
    line: int
    column: int


@dataclass(frozen=True)
class Finding:
    """A remark, the side it is on, and what became of it between the sides."""

    tool: str
    rule: str
    message: str
    line: int
    column: int
    side: Side
    state: FindingState


def compare(
    output: str, ideal: str, on_output: Sequence[Remark], on_ideal: Sequence[Remark]
) -> list[Finding]:
    """Tell what was fixed, introduced and left, by what the lines say, never by their numbers.

    First remarks of one rule on equal lines pair up, then those of one rule with equal words: an
    edited line may keep its fault. A pair is unchanged and shown on the ideal side, what is left
    of the output was fixed, what is left of the ideal was introduced.
    """
    old, new = list(on_output), list(on_ideal)
    lines_before, lines_after = output.split("\n"), ideal.split("\n")

    def by_line(lines: list[str]) -> Callable[[Remark], object]:
        return lambda remark: (remark.tool, remark.rule, _line(lines, remark.line))

    kept = _pair_off(old, new, by_line(lines_before), by_line(lines_after))
    kept += _pair_off(old, new, _words, _words)
    return [
        *(Finding(**asdict(remark), side="ideal", state="introduced") for remark in new),
        *(Finding(**asdict(remark), side="ideal", state="unchanged") for remark in kept),
        *(Finding(**asdict(remark), side="output", state="fixed") for remark in old),
    ]


def shortened(findings: Sequence[Finding]) -> list[Finding]:
    """The findings worth keeping: what changed before what did not."""
    order = {"introduced": 0, "fixed": 1, "unchanged": 2}
    return sorted(findings, key=lambda finding: (order[finding.state], finding.line))[:LIMIT]


def to_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as a vote's evidence keeps them."""
    return [asdict(finding) for finding in findings]


def findings_of(example: Example) -> list[Finding]:
    """The findings a reviewer sees, of the latest analysis; none if there was none."""
    vote = Vote.objects.filter(example=example, labeler=LABELER).order_by("-version").first()
    return [Finding(**each) for each in vote.evidence.get("findings", [])] if vote else []


def _pair_off(
    old: list[Remark],
    new: list[Remark],
    old_key: Callable[[Remark], object],
    new_key: Callable[[Remark], object],
) -> list[Remark]:
    """Take pairs with equal keys out of both lists; return the new one of each."""
    waiting = Counter(old_key(remark) for remark in old)
    kept: list[Remark] = []
    for remark in list(new):
        if waiting[new_key(remark)]:
            waiting[new_key(remark)] -= 1
            kept.append(remark)
            new.remove(remark)
    for remark in list(old):
        if waiting[old_key(remark)]:
            waiting[old_key(remark)] -= 1
        else:
            old.remove(remark)
    return kept


def _line(lines: list[str], number: int) -> str:
    return " ".join(lines[number - 1].split()) if 0 < number <= len(lines) else ""


def _words(remark: Remark) -> object:
    return remark.tool, remark.rule, remark.message
