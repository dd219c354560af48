"""What a project's labelers are worth: how often they speak, are right, and say what others say.

Of the newest labelled examples; right or wrong is told by decided items of random order only, which
neither the queue nor a labeler chose.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from curation import categories
from curation.models import Decision, Example, Vote
from curation.voting import CURATOR, JUDGE, aggregate
from governance.models import Project
from lib.wilson import wilson
from reviews.models import ReviewTask

LOOKED_AT = 5_000  # examples, the newest that were labelled
WAITING = 200  # of those that wait, whose labels a preview makes anew
FEW = 30  # below that a share is a first hint

SAYS: dict[str, str] = {
    "developer": gettext_noop("What the developer's client called the fault."),
    "analysers": gettext_noop("What analysers no longer find in the corrected code."),
    "hardening": gettext_noop("Safeguards that the correction brings in, by their names."),
    "tests": gettext_noop("Tests that failed on the output and pass on the correction."),
    "shape": gettext_noop("How both sides parse: only one of them, or both the same."),
    "comment": gettext_noop("What the developer's comment talks about, by its words."),
    "reactions": gettext_noop("What the developer did with the suggestion afterwards."),
    "written rules": gettext_noop("The rules below, which this project's curators wrote."),
    "learned": gettext_noop("A model that was trained on corrections like these."),
}

type Said = Mapping[str, str | None]  # the top category each labeler voted for, or its abstention


@dataclass
class Numbers:
    """One labeler's figures."""

    name: str
    examples: int  # looked at
    spoke: int = 0
    among_others: int = 0  # of those it spoke on, somebody else did too
    in_conflict: int = 0  # of those, somebody said something else
    known: int = 0  # of those it spoke on, decided in random order
    right: int = 0
    said: Counter[str] = field(default_factory=Counter)
    said_right: Counter[str] = field(default_factory=Counter)
    said_known: Counter[str] = field(default_factory=Counter)

    @property
    def says(self) -> str:
        """What it looks at, in a sentence."""
        return SAYS.get(self.name, "")

    @property
    def coverage(self) -> float:
        """The share of examples it has something to say about."""
        return self.spoke / self.examples if self.examples else 0.0

    @property
    def overlap(self) -> float:
        """Of those, the share on which others speak too."""
        return self.among_others / self.spoke if self.spoke else 0.0

    @property
    def conflict(self) -> float:
        """Of those, the share on which somebody says something else."""
        return self.in_conflict / self.among_others if self.among_others else 0.0

    @property
    def accuracy(self) -> tuple[float, float, float] | None:
        """The share that was right, and its 95 % interval; None where nothing is known."""
        if not self.known:
            return None
        return (self.right / self.known, *wilson(self.right, self.known))

    @property
    def is_hint(self) -> bool:
        """Whether the share rests on so few that it is a first hint."""
        return self.known < FEW

    def by_category(self) -> list[tuple[str, int, int, int]]:
        """Each category it named: how often, of how many known, and how many right."""
        return [
            (slug, n, self.said_known[slug], self.said_right[slug])
            for slug, n in self.said.most_common()
        ]


@dataclass(frozen=True)
class Relabelled:
    """A waiting example whose label another weight would change."""

    example: Example
    was: str
    would_be: str


def numbers_of(project: Project) -> dict[str, Numbers]:
    """Every labeler's figures, those that come along first, in the order reviewers read them."""
    labelled = Example.objects.filter(project=project).exclude(state=Example.State.ARRIVED)
    newest = list(labelled.order_by("-id").values_list("pk", flat=True)[:LOOKED_AT])
    tops = categories.tops(project)
    said, known = votes_of(newest, tops), _known(newest, tops)
    names = [*SAYS, *sorted({name for each in said.values() for name in each} - SAYS.keys())]
    found = {name: Numbers(name, len(newest)) for name in names}
    for example, votes in said.items():
        for name, category in votes.items():
            if category:
                _count(found[name], category, votes, known.get(example))
    return found


def effect_of(
    project: Project, weights: Mapping[str, int], draft: Mapping[str, int]
) -> tuple[int, list[Relabelled]]:
    """How many of the newest waiting examples were looked at, and which would be called otherwise.

    Only the weights differ: whatever else made the label that is stored is left out on both sides.
    """
    waiting = Example.objects.filter(project=project, state=Example.State.LABELLED)
    newest = list(waiting.order_by("-id")[:WAITING])
    said = votes_of([each.pk for each in newest], categories.tops(project), with_curators=True)
    changed = []
    for example in newest:
        votes = list(said.get(example.pk, {}).items())
        was, would_be = aggregate(votes, weights).category, aggregate(votes, draft).category
        if was != would_be:
            changed.append(Relabelled(example, was, would_be))
    return len(newest), changed


def votes_of(
    examples: Sequence[int], tops: Mapping[int, str], *, with_curators: bool = False
) -> Mapping[int, Said]:
    """The latest vote of each labeler, by example. The judge's opinion is nobody's to see here."""
    found: dict[int, dict[str, str | None]] = {}
    hidden = (JUDGE,) if with_curators else (JUDGE, CURATOR)
    votes = Vote.objects.filter(example__in=examples).exclude(labeler__in=hidden)
    told = votes.order_by("version", "id").values_list("example_id", "labeler", "category_id")
    for example, labeler, category in told.iterator(2_000):
        found.setdefault(example, {})[labeler] = tops.get(category) if category else None
    return found


def _known(examples: Sequence[int], tops: Mapping[int, str]) -> dict[int, str]:
    """The category that holds, of those of random order that were decided."""
    drawn = ReviewTask.objects.filter(example__in=examples, is_random=True)
    decided = Decision.objects.filter(example__in=drawn.values("example"))
    last = decided.order_by("example", "-id").distinct("example")
    told = last.values_list("example_id", "category_id")
    return {example: tops[category] for example, category in told if category in tops}


def _count(numbers: Numbers, category: str, votes: Said, known: str | None) -> None:
    others = [said for name, said in votes.items() if name != numbers.name and said]
    numbers.spoke += 1
    numbers.said[category] += 1
    numbers.among_others += bool(others)
    numbers.in_conflict += any(said != category for said in others)
    if known is not None:
        numbers.known += 1
        numbers.right += known == category
        numbers.said_known[category] += 1
        numbers.said_right[category] += known == category
