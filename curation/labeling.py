"""The label of an example: what the votes say, until a person decides."""

import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from curation import categories, labelers, runs
from curation.findings import Finding
from curation.label_models import combination_of
from curation.models import Category, Decision, Example, Vote
from curation.panel import panel_of, weights_of
from curation.rules import analysers
from curation.rules.evidence import Evidence, Opinion, Signal
from curation.rules.tools import ToolFailed
from curation.sizes import AT_ONCE, sizes_of
from curation.votes import latest, vote_of
from curation.voting import aggregate
from feedback.models import Blob, Reaction
from governance.models import User
from lib import clock
from lib.portions import fitting
from lib.transitions import MoveRefused, Moves, move

State = Example.State
MOVES: Moves = {
    State.ARRIVED: (State.LABELLED,),
    State.LABELLED: (State.ACCEPTED, State.REJECTED),
    State.ACCEPTED: (State.LABELLED,),
    State.REJECTED: (State.LABELLED,),
}

BATCH = 200
BATCH_BYTES = AT_ONCE
LEASE = timedelta(minutes=5)  # longer than the analysers may take for a batch (rules.tools)

log = logging.getLogger(__name__)


def label_waiting(limit: int, now: datetime) -> int:
    """Have the labelers vote on up to `limit` arrived examples; return how many were labelled.

    Workers do not wait for each other and take different examples; one that dies leaves its
    batch to whoever comes after LEASE. No transaction is open while the analysers run.
    """
    labelled = 0
    while limit > 0:
        held = _take(min(limit, BATCH), now)
        if not held:
            break
        evidence = _evidence(held)
        panels = {pk: panel_of(pk) for pk in {each.project_id for each in held}}
        opinions = {
            each.pk: labelers.opinions(evidence[each.pk], panels[each.project_id]) for each in held
        }
        labelled += _label(held, opinions, now)
        limit -= len(held)
    return labelled


@transaction.atomic
def accept(
    example: Example,
    *,
    by: User,
    category: Category,
    severity: str,
    ideal: Blob,
    now: datetime,
) -> Decision:
    """Take the example into the data, with the code to learn.

    `ideal` is the developer's correction, or the reviewer's own. Raises MoveRefused unless the
    example is labelled and undecided.
    """
    move(example, State.ACCEPTED, MOVES, category=category, severity=severity, probability=1.0)
    return Decision.objects.create(
        example=example,
        outcome=Decision.Outcome.ACCEPTED,
        category=category,
        severity=severity,
        ideal=ideal,
        by=by,
        at=now,
    )


@transaction.atomic
def reject(
    example: Example, *, by: User, reason: str, now: datetime, category: Category | None = None
) -> Decision:
    """Keep the example out of the data, and say why. Raises MoveRefused unless undecided."""
    known: dict[str, Any] = {} if category is None else {"category": category, "probability": 1.0}
    move(example, State.REJECTED, MOVES, **known)
    return Decision.objects.create(
        example=example,
        outcome=Decision.Outcome.REJECTED,
        category=category,
        reason=reason,
        by=by,
        at=now,
    )


@transaction.atomic
def withdraw(example: Example, *, by: User, now: datetime) -> Decision:
    """Undo the decision: the label is what the votes say again. Raises MoveRefused."""
    decided = Example.objects.filter(state__in=[State.ACCEPTED, State.REJECTED])
    category, probability = _by_votes(example)
    move(
        example,
        State.LABELLED,
        MOVES,
        rows=decided,
        category=category,
        probability=probability,
        severity=example.correction.severity,
    )
    return Decision.objects.create(
        example=example, outcome=Decision.Outcome.WITHDRAWN, by=by, at=now
    )


def free(now: datetime) -> QuerySet[Example]:
    """Arrived examples no worker is at, the oldest first."""
    unheld = Q(labelling_until=None) | Q(labelling_until__lte=now)
    return Example.objects.filter(unheld, state=State.ARRIVED).order_by("id")


@transaction.atomic
def _take(count: int, now: datetime) -> list[Example]:
    """Lease examples to this worker; the lease is in the row that is locked."""
    locked = free(now).select_for_update(skip_locked=True, of=("self",))[:count]
    found = fitting(sizes_of(locked, "prompt", "output", "ideal"), BATCH_BYTES)
    Example.objects.filter(pk__in=found).update(labelling_until=now + LEASE)
    texts = ("project", "prompt", "output", "ideal", "correction")
    # Not one join: on tables nobody has counted yet the planner reads all texts for each example
    return list(Example.objects.filter(pk__in=found).prefetch_related(*texts).order_by("id"))


def _evidence(examples: Sequence[Example]) -> dict[int, Evidence]:
    """What the labelers may know of each example, findings included."""
    reactions: dict[int, list[Signal]] = {}
    of = {example.correction.generation_id for example in examples}
    for reaction in Reaction.objects.filter(generation_id__in=of).order_by("occurred_at", "id"):
        signal = Signal(reaction.kind, reaction.after_ms, reaction.value)
        reactions.setdefault(reaction.generation_id, []).append(signal)
    found = {
        example.pk: Evidence(
            language=example.language,
            prompt=example.prompt.text,
            output=example.output.text,
            ideal=example.ideal.text,
            category=example.correction.category,
            severity=example.severity,
            comment=example.correction.comment,
            reactions=tuple(reactions.get(example.correction.generation_id, ())),
        )
        for example in examples
    }
    # A project at a time: texts that keep the analysers busy cost their own project its findings
    for _, some in groupby(sorted(examples, key=_project), key=_project):
        for key, findings in _findings({each.pk: found[each.pk] for each in some}).items():
            found[key] = replace(found[key], findings=findings)
    return found


def _project(example: Example) -> int:
    return example.project_id


def _findings(batch: dict[int, Evidence]) -> dict[int, tuple[Finding, ...]]:
    """The batch's findings; when the tools choke on it, of each example that does not choke them.

    One hostile text must not keep its neighbours from being analysed, nor itself from review.
    """
    try:
        return analysers.findings(batch)
    except ToolFailed as error:
        if len(batch) == 1:
            log.warning("analysers left out example %s: %s", next(iter(batch)), error)
            return {}
    keys = list(batch)
    halves = keys[: len(keys) // 2], keys[len(keys) // 2 :]
    found: dict[int, tuple[Finding, ...]] = {}
    for half in halves:
        found |= _findings({key: batch[key] for key in half})
    return found


@transaction.atomic
def _label(examples: Sequence[Example], opinions: dict[int, list[Opinion]], now: datetime) -> int:
    """Store the votes and the labels they make, but for examples another worker has labelled."""
    projects = {example.project for example in examples}
    known = {project: categories.by_slug(project) for project in projects}
    weights = {project.pk: weights_of(project.pk) for project in projects}
    combine = {project.pk: combination_of(project.pk) for project in projects}
    votes: list[Vote] = []
    labelled: Counter[int] = Counter()
    for example in examples:
        mine, slugs = opinions[example.pk], known[example.project]
        said = [(opinion.labeler, opinion.category) for opinion in mine]
        project = example.project_id
        label = aggregate(said, weights[project], combine[project])
        with suppress(MoveRefused):
            move(
                example,
                State.LABELLED,
                MOVES,
                rows=Example.objects.filter(state=State.ARRIVED),
                category=slugs[label.category],
                probability=label.probability,
                labelled_at=now,
                labelling_until=None,
            )
            labelled[example.project_id] += 1
            votes += [vote_of(example, opinion, slugs, now) for opinion in mine]
    Vote.objects.bulk_create(votes)
    for project, n in sorted(labelled.items()):  # in order, since each holds its run
        waiting = Example.objects.filter(project=project, state=State.ARRIVED)
        runs.backlog(project, runs.Kind.LABEL, "labelled", n, clock.now(), waiting)
    return labelled.total()


def _by_votes(example: Example) -> tuple[Category, float]:
    """The category and probability of the stored votes, the latest version of each labeler."""
    named = categories.by_slug(example.project)
    slugs = {category.pk: slug for slug, category in named.items()}
    said = latest([example]).get(example.pk, {})
    told = [(labeler, slugs.get(vote.category_id or 0)) for labeler, vote in said.items()]
    project = example.project_id
    label = aggregate(told, weights_of(project), combination_of(project))
    return named[label.category], label.probability
