"""Everything a reviewer reads about one item, fetched in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from curation.findings import Finding, findings_of
from curation.models import Example, Vote
from feedback.models import Correction, Generation, Reaction
from governance.models import Project, User
from lib.scales import count, written
from lib.wording import inside
from reviews.blindness import HIDDEN_LABELERS, QUALITY
from reviews.diffing import Diff
from reviews.finding_filter import Facet, facets
from reviews.item_diff import comes_later, diff_of
from reviews.lines import OnLine
from reviews.models import ReviewTask, Verdict
from reviews.reading import Reading

MOST_REACTIONS = 50

DID: dict[str, str] = {
    Reaction.Kind.SHOWN: gettext_noop("saw it"),
    Reaction.Kind.ACCEPTED: gettext_noop("accepted it"),
    Reaction.Kind.EDITED: gettext_noop("edited it"),
    Reaction.Kind.REJECTED: gettext_noop("rejected it"),
    Reaction.Kind.TIMED_OUT: gettext_noop("let it time out"),
    Reaction.Kind.COPIED: gettext_noop("copied it"),
    Reaction.Kind.SURVIVED: gettext_noop("kept some of it"),
    Reaction.Kind.REVERTED: gettext_noop("took it out again"),
    Reaction.Kind.RATED: gettext_noop("rated it"),
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
class Compared:
    """What the diff shows of an item; without the diff where that comes later."""

    example: Example
    correction: Correction
    diff: Diff | None
    findings: list[Finding]
    facets: dict[str, list[Facet]]


@dataclass(frozen=True)
class Evidence(Compared):
    """One item: what was asked, written, corrected, found and said."""

    generation: Generation
    votes: list[Vote]
    reactions: list[Reaction]
    verdicts: list[Verdict]

    @property
    def said(self) -> int:
        """How many labelers did not abstain."""
        return sum(vote.category_id is not None for vote in self.votes)

    @property
    def timeline(self) -> list[Event]:
        """What happened, in order."""
        events = [
            Event(
                self.generation.occurred_at, "tool", self.example.model_name, gettext("wrote it")
            ),
            *(_of_reaction(reaction) for reaction in self.reactions),
            Event(
                self.correction.occurred_at,
                "pen",
                self.correction.developer,
                gettext("sent a correction"),
                self.correction.comment,
            ),
            *(_of_verdict(verdict) for verdict in self.verdicts),
        ]
        if self.votes:
            names = ", ".join(vote.labeler for vote in self.votes)
            events.append(
                Event(self.votes[0].at, "gear", gettext("The labelers"), gettext("voted"), names)
            )
        return sorted(events, key=lambda event: event.at)


def tasks(project: Project, viewer: User | None = None) -> QuerySet[ReviewTask]:
    """The project's slots with what their page shows of the row itself.

    To a viewer, without those that measure somebody else.
    """
    rows = ReviewTask.objects.filter(project=project)
    if viewer is not None:
        rows = rows.filter(~Q(kind__in=QUALITY) | Q(assigned_to=viewer))
    return rows.select_related(
        "category", "leased_to", "decided_by", "example__category", "project"
    )


def for_diff(task: ReviewTask, reading: Reading, threads: Sequence[OnLine] = ()) -> Compared:
    """Fetch what the diff shows, and compare."""
    texts = ("output", "ideal", "correction")
    example = Example.objects.select_related(*texts).get(pk=task.example_id)
    correction, findings = example.correction, findings_of(example)
    return Compared(
        example=example,
        correction=correction,
        diff=diff_of(example, correction, findings, reading, threads),
        findings=findings,
        facets=facets(findings, reading.wanted),
    )


def evidence_of(
    task: ReviewTask,
    person: User,
    reading: Reading,
    *,
    reveals: bool = True,
    threads: Sequence[OnLine] = (),
) -> Evidence:
    """Fetch the evidence, with the diff as it is read, unless that comes later.

    Unless it `reveals` them, others' verdicts and the judge's vote are left out: the first pass
    is blind.
    """
    texts = ("prompt", "output", "ideal", "category", "correction__generation")
    example = Example.objects.select_related(*texts).get(pk=task.example_id)
    correction = example.correction
    findings = findings_of(example)
    later = comes_later(example, reading)
    reactions = Reaction.objects.filter(generation=correction.generation)
    votes = example.votes.select_related("category").order_by("labeler", "-version")
    votes = votes.distinct("labeler")  # the last word of each
    if not reveals:
        votes = votes.exclude(labeler__in=HIDDEN_LABELERS)
    return Evidence(
        example=example,
        correction=correction,
        generation=correction.generation,
        diff=None if later else diff_of(example, correction, findings, reading, threads),
        findings=findings,
        facets=facets(findings, reading.wanted),
        votes=list(votes),
        reactions=list(reactions.order_by("occurred_at", "id")[:MOST_REACTIONS]),
        verdicts=list(readable_verdicts(task, person, reveals=reveals)),
    )


def readable_verdicts(task: ReviewTask, person: User, *, reveals: bool) -> QuerySet[Verdict]:
    """The verdicts on the item's example that the person may read now, the first one first."""
    verdicts = Verdict.objects.filter(task__example=task.example_id)
    verdicts = verdicts.filter(~Q(task__kind__in=QUALITY) | Q(reviewer=person))
    if not reveals:
        verdicts = verdicts.filter(task=task, reviewer=person)
    return verdicts.select_related("reviewer", "category").order_by("id")


def _of_reaction(reaction: Reaction) -> Event:
    what = gettext(DID[reaction.kind])
    if reaction.value is not None and reaction.kind == Reaction.Kind.RATED:
        what = gettext("rated it {value}").format(value=f"{reaction.value:+.1f}".replace("-", "−"))
    if reaction.value is not None and reaction.kind == Reaction.Kind.SURVIVED:
        what = gettext("kept {value} % of it").format(value=round(reaction.value * 100))
    after = (
        gettext("after {after_ms}").format(after_ms=seconds(reaction.after_ms))
        if reaction.after_ms is not None
        else ""
    )
    return Event(
        reaction.occurred_at, "person", reaction.developer, what, reaction.comment or after
    )


def _of_verdict(verdict: Verdict) -> Event:
    what = inside(verdict.get_kind_display())
    if verdict.category:
        what = gettext("{what} as {category}").format(what=what, category=verdict.category.title)
    if verdict.reason:
        what = f"{what}: {inside(verdict.get_reason_display())}"
    return Event(verdict.at, "check", verdict.reviewer.username, what, verdict.note)


def seconds(milliseconds: int) -> str:
    """A span people can compare: 1.4 s, 41 s, 3 min."""
    if milliseconds < 10_000:
        return f"{written(f'{milliseconds / 1000:.1f}')} s"
    if milliseconds < 120_000:
        return f"{milliseconds // 1000} s"
    return f"{count(milliseconds // 60_000)} min"
