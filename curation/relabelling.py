"""Labels made anew of examples that wait: by the weights, rules and learned voter of now.

Only what a project changes is asked again, the written rules and the learned voter; the others
would say what they said, since neither an example nor they change. A vote is added where one of the
two says something else, and everything is stored in the caller's transaction.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import inf

from curation import categories
from curation.findings import LABELER as ANALYSERS
from curation.label_models import combination_of
from curation.labelers import Panel
from curation.models import Category, Example, Vote
from curation.panel import panel_of
from curation.rules import learned, written
from curation.rules.evidence import Opinion
from curation.votes import Said, evidence_of, findings_of, latest, vote_of
from curation.voting import aggregate
from governance.models import Project

TEXTS = ("prompt", "output", "ideal", "correction")


@dataclass(frozen=True)
class Anew:
    """What labelling an example again comes to."""

    example: Example
    votes: list[Vote]  # that say something else than the one before; not saved
    category: Category
    probability: float
    is_other: bool  # the category is not the one before


@dataclass(frozen=True)
class Asked:
    """What the written rules and the learned voter say now, and by which weights."""

    opinions: Mapping[int, list[Opinion]]  # by example, as far as there was time
    weights: Mapping[str, int]


def ask(project: Project, examples: Sequence[int], seconds: float = inf) -> Asked:
    """Ask about examples, those that stand first first; writes nothing.

    So much processor time is spent on it, and one example is asked about in any case. Outside of a
    transaction: rules may take long, and PostgreSQL ends one that waits for us.
    """
    panel = panel_of(project.pk)
    votes = latest(examples)
    found = Example.objects.filter(pk__in=examples).prefetch_related(*TEXTS).in_bulk()
    began = time.thread_time()
    opinions: dict[int, list[Opinion]] = {}
    for pk in examples:
        if opinions and time.thread_time() - began > seconds:
            break
        if pk in found:
            opinions[pk] = _opinions(found[pk], votes.get(pk, {}), panel)
    return Asked(opinions, panel.weights)


def relabel(project: Project, asked: Asked, now: datetime) -> list[Anew]:
    """Label those again that still wait for a person, in the caller's transaction.

    The examples are locked in order, and only to write: whoever decides one locks it too. Returned
    is each whose label, or how sure it is, is not what it was.
    """
    waiting = Example.objects.filter(
        pk__in=asked.opinions, project=project, state=Example.State.LABELLED
    )
    held = list(waiting.order_by("pk").select_for_update(no_key=True))
    made = _made(project, held, asked, now)
    Vote.objects.bulk_create([vote for each in made for vote in each.votes])
    changed = [
        each for each in made if each.is_other or each.probability != each.example.probability
    ]
    for each in changed:
        each.example.category, each.example.probability = each.category, each.probability
    Example.objects.bulk_update([each.example for each in changed], ["category", "probability"])
    return changed


def preview(
    project: Project, examples: Sequence[Example], now: datetime, seconds: float
) -> tuple[int, list[Anew]]:
    """How many were looked at in so much processor time, and those that would be called otherwise.

    Nothing is stored.
    """
    asked = ask(project, [each.pk for each in examples], seconds)
    some = [each for each in examples if each.pk in asked.opinions]
    made = _made(project, some, asked, now)
    return len(some), [each for each in made if each.is_other]


def _opinions(example: Example, said: Said, panel: Panel) -> list[Opinion]:
    evidence = evidence_of(example, findings_of(said.get(ANALYSERS)))
    found = [learned.opinion(evidence, panel.voter)]
    if panel.rules or written.LABELER in said:  # rules that are all off have nothing to say
        found.append(written.opinion(evidence, panel.rules, panel.rules_version))
    return found


def _made(project: Project, examples: Sequence[Example], asked: Asked, now: datetime) -> list[Anew]:
    named = categories.by_slug(project)
    slugs = {category.pk: slug for slug, category in named.items()}
    votes, combine = latest(examples), combination_of(project.pk)
    made = []
    for example in examples:
        said = dict(votes.get(example.pk, {}))
        anew = partial(vote_of, example, slugs=named, now=now)
        fresh = [anew(opinion) for opinion in asked.opinions[example.pk]]
        fresh = [vote for vote in fresh if _follows(vote, said.get(vote.labeler))]
        said |= {vote.labeler: vote for vote in fresh}
        told = [(labeler, slugs.get(vote.category_id or 0)) for labeler, vote in said.items()]
        label = aggregate(told, asked.weights, combine)
        category = named[label.category]
        is_other = category.pk != example.category_id
        made.append(Anew(example, fresh, category, label.probability, is_other))
    return made


def _follows(vote: Vote, last: Vote | None) -> bool:
    """Whether it says something else than the last one of its labeler, whose number it then has.

    The version of a learned voter may go back, to the model that comes with Emend; the vote that
    holds is the one of the highest.
    """
    if last is None:
        return True
    if (vote.category_id, vote.evidence) == (last.category_id, last.evidence):
        return False
    vote.version = max(vote.version, last.version + 1)
    return True
