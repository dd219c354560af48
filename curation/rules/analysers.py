"""What analysers no longer find in the corrected code: the fault the developer fixed.

Python is read by ruff and bandit, what else has a grammar here by rules of our own (rules.trees).
All are one voter. They overlap, and correlated voters counted apart make the label model
confidently wrong (docs/labels.md).
"""

import re
from difflib import SequenceMatcher

from curation.categories import LOGIC, OTHER, PERFORMANCE, SECURITY, STYLE
from curation.findings import LABELER, Finding, Remark, compare, shortened, to_json
from curation.rules import tools, trees
from curation.rules.evidence import Evidence, Opinion
from curation.rules.families import category_of
from curation.rules.tools import undefined_in

NEAR = 1  # lines between a changed line and the finding that explains it
WORD = re.compile(r"\w+")
LINES = 2_000  # a longer text is not compared line by line

# A fix of several kinds is named after the gravest: a repaired injection is one, however many
# quotes changed with it.
GRAVEST_FIRST = (SECURITY, LOGIC, PERFORMANCE, STYLE, OTHER)


def findings(batch: dict[int, Evidence]) -> dict[int, tuple[Finding, ...]]:
    """The findings of each example of a language that is read here. Raises tools.ToolFailed."""
    python = {key: evidence for key, evidence in batch.items() if _is_python(evidence)}
    others = {key: evidence for key, evidence in batch.items() if key not in python}
    return _of_python(python) | trees.findings(others)


def _is_python(evidence: Evidence) -> bool:
    return evidence.language.casefold() in ("python", "py")


def _of_python(python: dict[int, Evidence]) -> dict[int, tuple[Finding, ...]]:
    texts = {f"{key}a": evidence.output for key, evidence in python.items()}
    texts |= {f"{key}b": evidence.ideal for key, evidence in python.items()}
    said = tools.remarks(texts)
    return {
        key: tuple(
            compare(
                *(evidence.output, evidence.ideal),
                *about_both(evidence, said.get(f"{key}a", []), said.get(f"{key}b", [])),
            )
        )
        for key, evidence in python.items()
    }


def about_both(
    evidence: Evidence, on_output: list[Remark], on_ideal: list[Remark]
) -> tuple[list[Remark], list[Remark]]:
    """The remarks without undefined names that only show where the snippet was cut.

    A forgotten import is a fault where both sides use the name and one of them knows it.
    """
    before, after = undefined_in(on_output), undefined_in(on_ideal)
    used = words_of(evidence.output) & words_of(evidence.ideal)
    real = {name for name in before ^ after if name in used}

    def kept(remarks: list[Remark]) -> list[Remark]:
        return [each for each in remarks if each.rule != "F821" or undefined_in([each]) <= real]

    return kept(on_output), kept(on_ideal)


def words_of(code: str) -> set[str]:
    """The names and words in a text."""
    return set(WORD.findall(code))


def opinion(evidence: Evidence) -> Opinion:
    """The gravest kind among the findings that were fixed."""
    if evidence.findings is None:
        return Opinion(LABELER, None, f"No analyser reads {evidence.language or 'this'} yet.")
    kept = {"findings": to_json(shortened(evidence.findings))}
    fixed = [finding for finding in evidence.findings if finding.state == "fixed"]
    if not fixed:
        left = "what they find" if evidence.findings else "nothing to find"
        who = "ruff and bandit" if _is_python(evidence) else "the rules for its language"
        return Opinion(LABELER, None, f"The correction leaves {who} {left}.", kept)
    kinds = {category_of(finding.tool, finding.rule): finding for finding in reversed(fixed)}
    gravest = min(kinds, key=GRAVEST_FIRST.index)
    named = kinds[gravest]
    what = f"{named.message[:200]} ({named.tool} {named.rule})"
    if gravest not in (SECURITY, LOGIC) and not explains(evidence, fixed):
        return Opinion(LABELER, None, f"Fixed in passing: {what}. More changed than that.", kept)
    return Opinion(LABELER, gravest, f"Fixed: {what}.", kept)


def explains(evidence: Evidence, fixed: list[Finding]) -> bool:
    """Do the fixed findings lie where most of the output's changed lines are?

    Whoever rewrites a function for its logic also tidies it; those findings are not the reason.
    """
    before, after = evidence.output.split("\n"), evidence.ideal.split("\n")
    if max(len(before), len(after)) > LINES:
        return False
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [
        line
        for kind, start, end, _, _ in changes
        if kind != "equal"
        for line in range(start + 1, max(end, start + 1) + 1)
    ]
    near = [line for line in changed if any(abs(line - finding.line) <= NEAR for finding in fixed)]
    return 2 * len(near) > len(changed)
