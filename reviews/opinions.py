"""What people answered, each without seeing the others: what agreement is measured on.

An answer is what would become of the example: rejected, or accepted in one of the top categories.
Whoever was not sure, skipped or passed an item on gave none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils.translation import gettext

from curation import categories
from curation.models import Category
from governance.models import Project
from reviews.agreement import Rating
from reviews.models import GoldItem, ReviewTask, Verdict

WINDOW = timedelta(weeks=12)
MOST = 20_000  # the newest answers of a project that are read
REJECTED = "rejected"
ACCEPTING = (Verdict.Kind.ACCEPT, Verdict.Kind.FIX)
ANSWERING = (*ACCEPTING, Verdict.Kind.REJECT)


@dataclass(frozen=True)
class Answer:
    """One person's answer to one example."""

    example: int
    person: int
    value: str
    kind: str
    at: datetime
    held_ms: int | None
    agrees_with_judge: bool | None = None


@dataclass(frozen=True)
class Compared:
    """An answer and what it is compared with: the known one, or one's own earlier one."""

    task: int
    name: str
    person: int
    at: datetime
    said: str
    right: str
    why: str = ""
    since: datetime | None = None

    @property
    def matches(self) -> bool:
        """Whether both say the same would become of the example."""
        return self.said == self.right


def answers(project: Project, now: datetime) -> list[Answer]:
    """The answers of the last twelve weeks that were given blind and stand, the newest first."""
    top = top_slugs(project)
    given = _standing(project, ReviewTask.Kind.PLAIN).filter(
        is_blind=True, kind__in=ANSWERING, task__decided_at__gte=now - WINDOW
    )
    rows = given.order_by("-task__decided_at", "-task_id").values_list(
        "task__example_id",
        "reviewer_id",
        "kind",
        "category_id",
        "at",
        "held_ms",
        "agrees_with_judge",
    )
    return [
        Answer(example, person, value_of(kind, category, top), kind, at, held_ms, judge)
        for example, person, kind, category, at, held_ms, judge in rows[:MOST]
    ]


def compared_with_gold(project: Project, now: datetime) -> list[Compared]:
    """Answers to items whose answer is known, the newest first."""
    return _compared(project, ReviewTask.Kind.GOLD, now)


def compared_with_earlier(project: Project, now: datetime) -> list[Compared]:
    """Answers to items the same person had answered before, the newest first."""
    return _compared(project, ReviewTask.Kind.AGAIN, now)


def value_of(kind: str, category: int | None, top: Mapping[int, str]) -> str:
    """What a verdict or a known answer comes to."""
    if kind in (Verdict.Kind.REJECT, GoldItem.Answer.REJECT) or category is None:
        return REJECTED
    return top[category]


def top_slugs(project: Project) -> dict[int, str]:
    """For each category of the project, the slug of the top one above it."""
    return tops(list(categories.tree(project)))


def tops(tree: Sequence[Category]) -> dict[int, str]:
    """The same, of categories in hand."""
    by_pk = {category.pk: category for category in tree}

    def climb(category: Category) -> str:
        parent = category.parent_id
        return category.slug if parent is None else climb(by_pk[parent])

    return {category.pk: climb(category) for category in tree}


def named(project: Project) -> dict[str, str]:
    """The name of each answer, in the order people read them, rejection last."""
    tops_in_order = [each for each in categories.tree(project) if each.parent_id is None]
    return {each.slug: each.title for each in tops_in_order} | {REJECTED: gettext("Rejected")}


def ratings(found: Iterable[Answer]) -> list[Rating]:
    """The same answers, for the measures of agreement."""
    return [Rating(each.example, each.person, each.value) for each in found]


def _standing(project: Project, kind: str) -> QuerySet[Verdict]:
    """The last verdict of each decided slot of this kind."""
    return Verdict.objects.filter(
        task__project=project,
        task__kind=kind,
        task__state=ReviewTask.State.DECIDED,
        task__lease_epoch=F("lease_epoch"),
        undone_by__isnull=True,
    )


def _compared(project: Project, kind: str, now: datetime) -> list[Compared]:
    top = top_slugs(project)
    given = _standing(project, kind).filter(kind__in=ANSWERING, task__decided_at__gte=now - WINDOW)
    related = given.select_related("task__probe__gold", "task__probe__earlier")
    return [
        Compared(
            task=verdict.task_id,
            name=verdict.task.name,
            person=verdict.reviewer_id,
            at=verdict.at,
            said=value_of(verdict.kind, verdict.category_id, top),
            right=value_of(*verdict.task.probe.answer, top),
            why=verdict.task.probe.gold.why if verdict.task.probe.gold else "",
            since=verdict.task.probe.earlier.at if verdict.task.probe.earlier else None,
        )
        for verdict in related.order_by("-task__decided_at", "-task_id")[:MOST]
    ]
