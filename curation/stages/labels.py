"""Votes and label of every row of a batch, and what analysers found on both of its sides.

This is the one place that asks the labelers; which there are and how their votes become a label
is `curation.labelers` and `curation.voting`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from curation import labelers
from curation.findings import Finding
from curation.recipe import Labels
from curation.rules import analysers
from curation.rules.evidence import Evidence
from curation.rules.tools import ToolFailed
from curation.voting import aggregate

STAGE = "labels"
BATCH = 200  # rows the analysers are given at once


@dataclass(frozen=True)
class Labelled:
    """A row's label, its votes, and the findings the votes rest on (None: nobody looked)."""

    category: str
    probability: float
    votes: list[dict[str, Any]]
    findings: tuple[Finding, ...] | None


def labelled(batch: pd.DataFrame, by: Labels) -> list[Labelled]:
    """The label of each row, in their order. What the client called the category does not count."""
    rows = list(map(_evidence, *(batch[name] for name in _NAMES)))
    found: list[Labelled] = []
    for start in range(0, len(rows), BATCH):
        part = dict(enumerate(rows[start : start + BATCH]))
        findings = _findings(part) if by.analysers else {}
        found += [
            _label(replace(each, findings=findings.get(key)), by) for key, each in part.items()
        ]
    return found


_NAMES = (
    *("language", "prompt", "rejected", "chosen", "comment", "severity"),
    *("rejected_fails", "chosen_passes"),
)


def _evidence(
    language: str,
    prompt: str,
    rejected: str,
    chosen: str,
    comment: str,
    severity: str,
    rejected_fails: bool | None,
    chosen_passes: bool | None,
) -> Evidence:
    return Evidence(
        *(language, prompt, rejected, chosen),
        severity=severity,
        comment=comment,
        output_fails=rejected_fails,
        ideal_passes=chosen_passes,
    )


def _label(evidence: Evidence, by: Labels) -> Labelled:
    opinions = labelers.opinions(evidence, is_learned=by.learned)
    label = aggregate([(each.labeler, each.category) for each in opinions])
    votes = [
        {"labeler": each.labeler, "category": each.category, "version": each.version}
        for each in opinions
    ]
    return Labelled(label.category, label.probability, votes, evidence.findings)


def _findings(batch: Mapping[int, Evidence]) -> dict[int, tuple[Finding, ...]]:
    """The batch's findings; where the tools choke on it, of each row that does not choke them."""
    try:
        return analysers.findings(dict(batch))
    except ToolFailed:
        if len(batch) == 1:
            return {}
    keys: Sequence[int] = list(batch)
    found: dict[int, tuple[Finding, ...]] = {}
    for half in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
        found |= _findings({key: batch[key] for key in half})
    return found
