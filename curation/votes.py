"""Stored votes: those that hold, of each labeler its last, and new ones."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from curation.findings import Finding
from curation.models import Category, Example, Vote
from curation.rules.evidence import Evidence, Opinion

type Said = dict[str, Vote]  # by labeler


def latest(examples: Iterable[Example | int]) -> dict[int, Said]:
    """The vote that holds of each labeler, by example; an example nobody voted on is not there."""
    found: dict[int, Said] = {}
    for vote in Vote.objects.filter(example__in=examples).order_by("version", "id"):
        found.setdefault(vote.example_id, {})[vote.labeler] = vote
    return found


def findings_of(vote: Vote | None) -> tuple[Finding, ...] | None:
    """The findings that a vote of the analysers rests on; None where they did not look."""
    told = vote.evidence.get("findings") if vote else None
    return None if told is None else tuple(Finding(**each) for each in told)


def evidence_of(example: Example, findings: tuple[Finding, ...] | None = None) -> Evidence:
    """What whoever is asked again about an example may know: all but what its client called it."""
    return Evidence(
        language=example.language,
        prompt=example.prompt.text,
        output=example.output.text,
        ideal=example.ideal.text,
        comment=example.correction.comment,
        findings=findings,
    )


def vote_of(
    example: Example, opinion: Opinion, slugs: Mapping[str, Category], now: datetime
) -> Vote:
    """An opinion as it is stored; not yet saved."""
    return Vote(
        example=example,
        labeler=opinion.labeler,
        version=opinion.version,
        category=slugs[opinion.category] if opinion.category else None,
        reason=opinion.reason[:300],
        evidence=opinion.evidence,
        at=now,
    )
