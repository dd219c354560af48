"""What ruff and bandit no longer find in the corrected code: the fault the developer fixed.

Both are one voter. They overlap, and correlated voters counted apart make the label model
confidently wrong (docs/labels.md).
"""

from difflib import SequenceMatcher

from curation.categories import LOGIC, OTHER, PERFORMANCE, SECURITY, STYLE
from curation.findings import LABELER, Finding, compare, shortened, to_json
from curation.rules import tools
from curation.rules.evidence import Evidence, Opinion
from curation.rules.families import category_of

NEAR = 1  # lines between a changed line and the finding that explains it
LINES = 2_000  # a longer text is not compared line by line

# A fix of several kinds is named after the gravest: a repaired injection is one, however many
# quotes changed with it.
GRAVEST_FIRST = (SECURITY, LOGIC, PERFORMANCE, STYLE, OTHER)


def findings(batch: dict[int, Evidence]) -> dict[int, tuple[Finding, ...]]:
    """The findings of each Python example in the batch, by its key. Raises tools.ToolFailed."""
    python = {
        key: evidence
        for key, evidence in batch.items()
        if evidence.language.casefold() in ("python", "py")
    }
    texts = {f"{key}a": evidence.output for key, evidence in python.items()}
    texts |= {f"{key}b": evidence.ideal for key, evidence in python.items()}
    said = tools.remarks(texts)
    return {
        key: tuple(
            compare(
                *(evidence.output, evidence.ideal),
                *(said.get(f"{key}a", []), said.get(f"{key}b", [])),
            )
        )
        for key, evidence in python.items()
    }


def opinion(evidence: Evidence) -> Opinion:
    """The gravest kind among the findings that were fixed."""
    if evidence.findings is None:
        return Opinion(LABELER, None, f"No analyser reads {evidence.language or 'this'} yet.")
    kept = {"findings": to_json(shortened(evidence.findings))}
    fixed = [finding for finding in evidence.findings if finding.state == "fixed"]
    if not fixed:
        left = "what they find" if evidence.findings else "nothing to find"
        return Opinion(LABELER, None, f"The correction leaves ruff and bandit {left}.", kept)
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
