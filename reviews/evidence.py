"""Everything a reviewer reads about one item, fetched in a fixed number of queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from curation.findings import Finding, findings_of
from curation.models import Example, Vote
from feedback.models import Correction, Generation, Reaction
from governance.models import Project
from reviews.diffing import Diff, Span, diff
from reviews.models import ReviewTask, Verdict

MOST_REACTIONS = 50

DID: dict[str, str] = {
    Reaction.Kind.SHOWN: "saw it",
    Reaction.Kind.ACCEPTED: "accepted it",
    Reaction.Kind.EDITED: "edited it",
    Reaction.Kind.REJECTED: "rejected it",
    Reaction.Kind.TIMED_OUT: "let it time out",
    Reaction.Kind.COPIED: "copied it",
    Reaction.Kind.SURVIVED: "kept some of it",
    Reaction.Kind.REVERTED: "took it out again",
    Reaction.Kind.RATED: "rated it",
    Reaction.Kind.COMMENTED: "commented",
}


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    at: datetime
    icon: str
    who: str
    what: str
    detail: str = ""


@dataclass(frozen=True)
class Evidence:
    """One item: what was asked, written, corrected, found and said."""

    example: Example
    correction: Correction
    generation: Generation
    diff: Diff
    findings: list[Finding]
    votes: list[Vote]
    reactions: list[Reaction]
    verdicts: list[Verdict]

    @property
    def sums(self) -> dict[str, int]:
        """How many findings were fixed, introduced, left."""
        states = [finding.state for finding in self.findings]
        return {state: states.count(state) for state in ("fixed", "introduced", "unchanged")}

    @property
    def said(self) -> int:
        """How many labelers did not abstain."""
        return sum(vote.category_id is not None for vote in self.votes)

    @property
    def timeline(self) -> list[Event]:
        """What happened, in order."""
        events = [
            Event(self.generation.occurred_at, "tool", self.example.model_name, "wrote it"),
            *(_of_reaction(reaction) for reaction in self.reactions),
            Event(
                self.correction.occurred_at,
                "pen",
                self.correction.developer,
                "sent a correction",
                self.correction.comment,
            ),
            *(_of_verdict(verdict) for verdict in self.verdicts),
        ]
        if self.votes:
            names = ", ".join(vote.labeler for vote in self.votes)
            events.append(Event(self.votes[0].at, "gear", "The labelers", "voted", names))
        return sorted(events, key=lambda event: event.at)


def tasks(project: Project) -> QuerySet[ReviewTask]:
    """The project's slots with what their page shows of the row itself."""
    return ReviewTask.objects.filter(project=project).select_related(
        "category", "leased_to", "decided_by", "example__category", "project"
    )


def evidence_of(task: ReviewTask, unfolded: Collection[int] = ()) -> Evidence:
    """Fetch the evidence; `unfolded` numbers the folds of the diff to show."""
    texts = ("prompt", "output", "ideal", "category", "correction__generation")
    example = Example.objects.select_related(*texts).get(pk=task.example_id)
    correction = example.correction
    findings = findings_of(example)
    reactions = Reaction.objects.filter(generation=correction.generation)
    verdicts = task.verdicts.select_related("reviewer", "category")
    return Evidence(
        example=example,
        correction=correction,
        generation=correction.generation,
        diff=diff(
            example.output.text,
            example.ideal.text,
            language=example.language,
            file_path=example.file_path,
            span=_span(correction),
            findings=findings,
            unfolded=unfolded,
        ),
        findings=findings,
        votes=list(example.votes.select_related("category").order_by("labeler", "-version")),
        reactions=list(reactions.order_by("occurred_at", "id")[:MOST_REACTIONS]),
        verdicts=list(verdicts.order_by("id")),
    )


def _span(correction: Correction) -> Span | None:
    start, end = correction.start_line, correction.end_line
    if start is None or end is None:
        return None
    return Span(start, correction.start_column or 0, end, correction.end_column or 0)


def _of_reaction(reaction: Reaction) -> Event:
    what = DID[reaction.kind]
    if reaction.value is not None and reaction.kind == Reaction.Kind.RATED:
        what = f"rated it {reaction.value:+.1f}".replace("-", "−")
    if reaction.value is not None and reaction.kind == Reaction.Kind.SURVIVED:
        what = f"kept {round(reaction.value * 100)} % of it"
    after = f"after {seconds(reaction.after_ms)}" if reaction.after_ms is not None else ""
    return Event(
        reaction.occurred_at, "person", reaction.developer, what, reaction.comment or after
    )


def _of_verdict(verdict: Verdict) -> Event:
    what = verdict.get_kind_display().lower()
    if verdict.category:
        what = f"{what} as {verdict.category}"
    if verdict.reason:
        what = f"{what}: {verdict.get_reason_display().lower()}"
    return Event(verdict.at, "check", verdict.reviewer.username, what, verdict.note)


def seconds(milliseconds: int) -> str:
    """A span people can compare: 1.4 s, 41 s, 3 min."""
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:.1f} s"
    if milliseconds < 120_000:
        return f"{milliseconds // 1000} s"
    return f"{milliseconds // 60_000:,} min"
