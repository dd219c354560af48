"""Outcome evidence: what tests and analysers say became of the fault.

In order of trust: tests that failed and now pass, findings that are gone, a comment that says why.
"""

from collections.abc import Sequence

import pandas as pd

from curation.categories import SECURITY
from curation.findings import Finding
from curation.recipe import Outcome
from curation.rules.families import category_of
from curation.stages.batch import Sifted, sift

STAGE = "outcome"
TESTS, FINDINGS, COMMENT, NOTHING = "tests", "findings", "comment", ""

type Findings = Sequence[Finding] | None


def better(batch: pd.DataFrame, by: Outcome) -> Sifted:
    """Drop corrections whose tests fail or that bring a security finding and mend none.

    The batch has a column `findings`; what is kept has `evidence`, the best there is for the row.
    """
    rows = zip(batch["chosen_passes"], batch["findings"], strict=True)
    sifted = sift(batch, STAGE, (_reason(passes, found, by) for passes, found in rows))
    names = ("rejected_fails", "chosen_passes", "findings", "comment")
    kept = zip(*(sifted.kept[name] for name in names), strict=True)
    evidence = pd.Series([evidence_of(*row) for row in kept], dtype=object)
    return Sifted(sifted.kept.assign(evidence=evidence), sifted.dropped)


def evidence_of(fails: bool | None, passes: bool | None, findings: Findings, comment: str) -> str:
    """The best evidence that the correction mends something."""
    if fails and passes:
        return TESTS
    if any(each.state == "fixed" for each in findings or ()):
        return FINDINGS
    return COMMENT if comment.strip() else NOTHING


def _reason(passes: bool | None, findings: Findings, by: Outcome) -> str:
    if by.tests_must_pass and passes is False:
        return "tests_fail"
    if not by.introduce_no_security_finding:
        return ""
    grave = {each.state for each in findings or () if category_of(each.tool, each.rule) == SECURITY}
    return "introduces_security_finding" if grave >= {"introduced"} and "fixed" not in grave else ""
