"""Labels made anew of examples that wait: by the weights, rules and learned voter of now.

Only what a project changes is asked again, the written rules and the learned voter; the others
would say what they said, since neither an example nor they change. A vote is added where one of the
two says something else, and everything is stored in the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from curation import categories
from curation.findings import LABELER as ANALYSERS
from curation.label_models import combination_of
from curation.labelers import Panel
from curation.models import Category, Example, Vote
from curation.panel import panel_of
from curation.rules import learned, written
from curation.rules.evidence import Evidence, Opinion
from curation.votes import Said, findings_of, latest, vote_of
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


def relabel(project: Project, examples: Sequence[int], now: datetime) -> list[Anew]:
    """Label those of them again that still wait for a person, in the caller's transaction.

    The examples are locked in order, and only to write: whoever decides one locks it too. Returned
    is each whose label, or how sure it is, is not what it was.
    """
    panel = panel_of(project.pk)
    asked = _asked(examples, panel)
    waiting = Example.objects.filter(pk__in=examples, project=project, state=Example.State.LABELLED)
    held = list(waiting.order_by("pk").select_for_update(no_key=True))
    made = _made(project, held, asked, panel.weights, now)
    Vote.objects.bulk_create([vote for each in made for vote in each.votes])
    changed = [
        each for each in made if each.is_other or each.probability != each.example.probability
    ]
    for each in changed:
        each.example.category, each.example.probability = each.category, each.probability
    Example.objects.bulk_update([each.example for each in changed], ["category", "probability"])
    return changed


def preview(project: Project, examples: Sequence[Example], now: datetime) -> list[Anew]:
    """Those that would be called otherwise; nothing is stored."""
    panel = panel_of(project.pk)
    asked = _asked([each.pk for each in examples], panel)
    made = _made(project, examples, asked, panel.weights, now)
    return [each for each in made if each.is_other]


def _asked(examples: Sequence[int], panel: Panel) -> dict[int, list[Opinion]]:
    """What the written rules and the learned voter say now, by example."""
    votes = latest(examples)
    found = Example.objects.filter(pk__in=examples).prefetch_related(*TEXTS)
    return {each.pk: _opinions(each, votes.get(each.pk, {}), panel) for each in found}


def _opinions(example: Example, said: Said, panel: Panel) -> list[Opinion]:
    evidence = Evidence(
        language=example.language,
        prompt=example.prompt.text,
        output=example.output.text,
        ideal=example.ideal.text,
        comment=example.correction.comment,
        findings=findings_of(said.get(ANALYSERS)),
    )
    found = [learned.opinion(evidence, panel.voter)]
    if panel.rules or written.LABELER in said:  # rules that are all off have nothing to say
        found.append(written.opinion(evidence, panel.rules, panel.rules_version))
    return found


def _made(
    project: Project,
    examples: Sequence[Example],
    asked: Mapping[int, list[Opinion]],
    weights: Mapping[str, int],
    now: datetime,
) -> list[Anew]:
    named = categories.by_slug(project)
    slugs = {category.pk: slug for slug, category in named.items()}
    votes, combine = latest(examples), combination_of(project.pk)
    made = []
    for example in examples:
        said = dict(votes.get(example.pk, {}))
        anew = partial(vote_of, example, slugs=named, now=now)
        fresh = [anew(opinion) for opinion in asked[example.pk]]
        fresh = [vote for vote in fresh if _follows(vote, said.get(vote.labeler))]
        said |= {vote.labeler: vote for vote in fresh}
        told = [(labeler, slugs.get(vote.category_id or 0)) for labeler, vote in said.items()]
        label = aggregate(told, weights, combine)
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
