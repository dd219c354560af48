"""The learned voter of a project: trained on its verdicts, used once it beats the majority.

Verdicts on items that came up in random order are the gold: they are kept from training, so that
what they say of the model is not flattered, neither by having been learnt nor by the queue's order.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery

from curation import categories, runs
from curation.findings import LABELER as ANALYSERS
from curation.learned.features import Buckets, buckets_of
from curation.learned.model import Model, read
from curation.models import Decision, Example, LearnedVoter, Run, Vote
from curation.rules import learned
from curation.rules.evidence import Evidence
from curation.rules.learned import Voter
from curation.votes import findings_of, latest
from curation.voting import CURATOR, JUDGE, PRIOR
from governance.models import Project
from lib import clock

DUE = 200  # verdicts since the last training that make another one worth it
LEAST_GOLD = 50  # below that nobody can say whether it is better
MOST = 20_000  # verdicts learnt from, the newest
PAGE = 200  # examples whose texts are in memory at once
STRANGERS = frozenset({learned.LABELER, CURATOR, JUDGE})  # no part of the majority it has to beat

# Trains a model: rows, categories, sources, card, and the model to build on
type Train = Callable[
    [Sequence[Buckets], Sequence[str], Sequence[str], Mapping[str, Any], Model | None], Model
]


@dataclass(frozen=True)
class Taught:
    """One verdict as the voter learns it."""

    buckets: Buckets
    category: str  # of the top
    source: str
    majority: str  # what most of the other labelers said


def voter_of(project_id: int) -> Voter:
    """The project's own model, if its newest one is in use; else the one that comes with Emend."""
    rows = LearnedVoter.objects.filter(project=project_id).order_by("-number")
    newest = rows.values_list("pk", "number", "in_use").first()
    if newest is None or not newest[2]:
        return Voter(learned.starting_model())
    pk, number, _ = newest
    return Voter(_model(pk), 1 + number)


def is_due(project: Project) -> bool:
    """Whether enough was decided since the last training."""
    newest = LearnedVoter.objects.filter(project=project).order_by("-number").first()
    since = newest.last_decision if newest else 0
    fresh = last_words(project).filter(pk__gt=since)
    return fresh[:DUE].count() >= DUE


def retrain(project: Project, gold: Collection[int], train: Train, now: datetime) -> LearnedVoter:
    """Train on every verdict but those of the examples in `gold`, measure on those, and keep it.

    One that was killed leaves its run to the next.
    Two at once keep one each; the later number votes. What `train` raises goes on to the caller.
    """
    runs.begin(runs.opened(project, runs.Kind.TRAIN, now), now)
    last = last_words(project).aggregate(last=Max("pk"))["last"] or 0
    taught: list[Taught] = []
    held: list[Taught] = []
    for example, each in _verdicts(project, last):
        (held if example in gold else taught).append(each)
    model = train(
        [each.buckets for each in taught],
        [each.category for each in taught],
        [each.source for each in taught],
        {"trained_on": f"verdicts of the project {project.slug}"},
        learned.starting_model(),
    )
    right = sum(_says(model, each.buckets) == each.category for each in held)
    majority = sum(each.majority == each.category for each in held)
    return _kept(
        LearnedVoter(
            project=project,
            data=model.to_bytes(),
            digest=model.digest,
            last_decision=last,
            rows=len(taught),
            gold=len(held),
            right=right,
            majority_right=majority,
            in_use=len(held) >= LEAST_GOLD and right > majority,
            trained_at=now,
        )
    )


@transaction.atomic
def _kept(voter: LearnedVoter) -> LearnedVoter:
    Project.objects.select_for_update(no_key=True).get(pk=voter.project_id)
    mine = LearnedVoter.objects.filter(project=voter.project_id)
    voter.number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    voter.save()
    now = clock.now()
    run = runs.opened(project=voter.project_id, kind=runs.Kind.TRAIN, now=now)
    Run.objects.filter(pk=run.pk).update(done=voter.rows, total=voter.rows)
    runs.say(run, "trained", now, rows=voter.rows, number=voter.number)
    runs.say(
        run, "measured", now, gold=voter.gold, right=voter.right, majority=voter.majority_right
    )
    runs.say(run, "in_use" if voter.in_use else "not_in_use", now)
    runs.end(run, now, runs.Outcome.DONE)
    return voter


@transaction.atomic
def give_up(project: Project, now: datetime) -> None:
    """End the training that was begun: there is nothing to learn."""
    run = runs.opened(project, runs.Kind.TRAIN, now)
    runs.say(run, "too_few", now, runs.Level.WARNING)
    runs.end(run, now, runs.Outcome.FAILED)


@lru_cache(16)
def _model(pk: int) -> Model:
    """Rows never change, so a worker keeps what it read."""
    return read(bytes(LearnedVoter.objects.values_list("data", flat=True).get(pk=pk)))


def last_words(project: Project) -> QuerySet[Decision]:
    """The decisions of the project that hold and name a category."""
    newest = Decision.objects.filter(example=OuterRef("example")).order_by("-id").values("pk")[:1]
    mine = Decision.objects.filter(example__project=project, category__isnull=False)
    return mine.filter(pk=Subquery(newest))


def _verdicts(project: Project, last: int) -> Iterator[tuple[int, Taught]]:
    """The newest verdicts up to a decision, by example, as the voter learns them."""
    tops = categories.tops(project)
    decided = last_words(project).filter(pk__lte=last).order_by("-id")[:MOST]
    said = dict(decided.values_list("example_id", "category_id"))
    for page in batched(sorted(said), PAGE):
        texts = ("output", "ideal", "correction")
        examples = Example.objects.filter(pk__in=page).prefetch_related(*texts)
        votes = latest(page)
        for example in examples.order_by("id"):
            mine = votes.get(example.pk, {})
            evidence = Evidence(
                language=example.language,
                prompt="",
                output=example.output.text,
                ideal=example.ideal.text,
                comment=example.correction.comment,
                findings=findings_of(mine.get(ANALYSERS)),
            )
            yield (
                example.pk,
                Taught(
                    buckets_of(evidence),
                    tops[said[example.pk]],
                    example.repository,
                    _majority(mine, tops),
                ),
            )


def _majority(votes: Mapping[str, Vote], tops: Mapping[int, str]) -> str:
    """What most labelers say; of equals, and where nobody speaks, what is likelier beforehand."""
    said = Counter(
        tops[vote.category_id]
        for name, vote in votes.items()
        if vote.category_id and name not in STRANGERS
    )
    return max(PRIOR, key=lambda slug: (said[slug], PRIOR[slug]))


def _says(model: Model, buckets: Buckets) -> str:
    found = model.probabilities(buckets)
    return max(found, key=lambda slug: found[slug])
