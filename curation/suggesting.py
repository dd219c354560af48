"""A curator names the category of many undecided examples: a vote like others, which wins."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from curation import categories
from curation.label_models import combination_of
from curation.models import Category, Example, Vote
from curation.panel import weights_of
from curation.votes import latest
from curation.voting import CURATOR, aggregate
from governance.models import Project


@transaction.atomic
def suggest(
    project: Project, wanted: Mapping[int, Category | None], why: str, now: datetime
) -> list[int]:
    """Name the category of these examples, or (None) take the word back; those that are undecided.

    The label is made anew of the votes. The examples are locked in order, as who decides locks one.
    """
    undecided = Example.objects.filter(project=project, state=Example.State.LABELLED, pk__in=wanted)
    examples = list(undecided.order_by("pk").select_for_update(no_key=True))
    votes = latest(examples)
    slugs = {category.pk: slug for slug, category in categories.by_slug(project).items()}
    named = categories.by_slug(project)
    weights, combine = weights_of(project.pk), combination_of(project.pk)
    said = []
    for example in examples:
        mine = votes.setdefault(example.pk, {})
        last = mine.get(CURATOR)
        version = last.version + 1 if last else 1
        category = wanted[example.pk]
        vote = Vote(example=example, labeler=CURATOR, version=version, category=category, at=now)
        vote.reason = why[:300]
        mine[CURATOR] = vote
        said.append(vote)
        told = [(voter, slugs.get(each.category_id or 0)) for voter, each in mine.items()]
        label = aggregate(told, weights, combine)
        example.category, example.probability = named[label.category], label.probability
    Vote.objects.bulk_create(said, batch_size=1_000)
    Example.objects.bulk_update(examples, ["category", "probability"], batch_size=1_000)
    return [example.pk for example in examples]


def named_by_curators(examples: list[int]) -> dict[int, int | None]:
    """The category that a curator's last word on each names; None where it was taken back."""
    votes = Vote.objects.filter(example__in=examples, labeler=CURATOR)
    last = votes.order_by("example", "-version").distinct("example")
    return dict(last.values_list("example", "category"))
