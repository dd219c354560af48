"""What a rule that a curator writes would find, before it is kept."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from curation import categories
from curation.findings import LABELER as ANALYSERS
from curation.findings import Finding
from curation.models import Decision, Example
from curation.rules.written import BadRule, Hit, Rule, hit_of
from curation.sizes import AT_ONCE, sizes_of
from curation.votes import evidence_of, findings_of, latest
from governance.models import Project
from lib.portions import fitting
from lib.wilson import wilson

LOOKED_AT = 500  # examples, the newest that were labelled
SHOWN = 10
PATIENCE = 5  # seconds of processor time; a curator waits for the page
TEXTS = ("prompt", "output", "ideal", "correction")


@dataclass(frozen=True)
class Trial:
    """What a rule finds in the newest examples."""

    looked_at: int
    found: int
    decided: int  # of those found
    right: int  # of those, the rule says what was decided
    hits: list[tuple[Example, Hit]]  # at most SHOWN

    @property
    def accuracy(self) -> tuple[float, float, float] | None:
        """The share it would be right in, and its 95 % interval; None where nothing is decided."""
        if not self.decided:
            return None
        return (self.right / self.decided, *wilson(self.right, self.decided))


def tried(project: Project, rule: Rule) -> Trial:
    """Try a rule. Raises BadRule, of kind `slow` where it takes longer than PATIENCE."""
    labelled = Example.objects.filter(project=project).exclude(state=Example.State.ARRIVED)
    newest = labelled.order_by("-id")[:LOOKED_AT]
    fit = fitting(sizes_of(newest, "prompt", "output", "ideal"), AT_ONCE)
    examples = Example.objects.filter(pk__in=fit).prefetch_related(*TEXTS).order_by("-id")
    findings = _findings(fit) if rule.kind == "finding" else {}
    hits = _hits(rule, examples, findings)
    decided = _decided(project, [each.pk for each, _ in hits])
    right = sum(category == rule.category for category in decided.values())
    return Trial(len(fit), len(hits), len(decided), right, hits[:SHOWN])


def _hits(
    rule: Rule, examples: Iterable[Example], findings: Mapping[int, tuple[Finding, ...]]
) -> list[tuple[Example, Hit]]:
    began = time.thread_time()
    hits = []
    for each in examples:
        if time.thread_time() - began > PATIENCE:
            raise BadRule("slow")
        if hit := hit_of(rule, evidence_of(each, findings.get(each.pk))):
            hits.append((each, hit))
    return hits


def _findings(examples: list[int]) -> dict[int, tuple[Finding, ...]]:
    return {pk: findings_of(said.get(ANALYSERS)) or () for pk, said in latest(examples).items()}


def _decided(project: Project, examples: list[int]) -> Mapping[int, str]:
    tops = categories.tops(project)
    last = Decision.objects.filter(example__in=examples).order_by("example", "-id")
    told = last.distinct("example").values_list("example_id", "category_id")
    return {example: tops[category] for example, category in told if category in tops}
