"""The queue page and the list beside an item: rows as they are shown, cheap to draw."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from curation import categories
from curation.models import Category
from feedback.models import Severity
from governance.models import Project, User
from lib.pages import page_of
from reviews import queue
from reviews.filters import Filters, from_query, narrow
from reviews.models import ReviewTask
from reviews.reasons import why_here

ROWS = 15  # of a page of the queue; what fits a screen
NEXT = 15  # of the list beside the item

type Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Row:
    """One line of a list. Everything is worked out here, because templates are slow at it."""

    href: str
    path: str
    folder: str
    name: str
    language: str
    language_href: str
    repository: str
    repository_href: str
    category: str
    certainty: int
    doubt: int
    severity: str
    why: str
    holder: str
    holder_href: str
    is_accepted: bool
    at: datetime | None
    is_current: bool


@dataclass(frozen=True)
class Tab:
    """One saved view of the queue."""

    key: str
    name: str
    rows: Callable[[Project, User], QuerySet[ReviewTask]]
    order: tuple[str, ...]
    fetch: tuple[str, ...]
    empty: tuple[str, str]  # what is true, and why


TABS = (
    Tab(
        "waiting",
        "Waiting",
        lambda project, person: queue.waiting(project),
        queue.ORDER,
        (),
        (
            "Nothing waits for review",
            "Every labelled correction has been decided, or somebody holds it. New ones appear"
            " here seconds after the labelers have voted.",
        ),
    ),
    Tab(
        "held",
        "Being reviewed",
        lambda project, person: queue.being_reviewed(project),
        queue.ORDER,
        ("leased_to",),
        (
            "Nobody is reviewing",
            "An item is listed here while somebody holds it, for ten minutes at a time.",
        ),
    ),
    Tab(
        "escalated",
        "Escalated",
        lambda project, person: queue.escalated(project),
        queue.ORDER,
        (),
        (
            "Nothing was escalated",
            "Items that a reviewer could not decide are passed on to the curators here.",
        ),
    ),
    Tab(
        "mine",
        "Decided by me",
        queue.decided_by,
        ("-decided_at", "-id"),
        ("example",),
        (
            "You have decided nothing yet",
            "What you decide stays here, and you can take each decision back.",
        ),
    ),
)


def queue_context(project: Project, person: User, lists: Lists) -> dict[str, Any]:
    """One page of one tab. Raises BadCursor."""
    filters = from_query(lists)
    tab = next((tab for tab in TABS if [tab.key] == list(lists.get("tab", ()))), TABS[0])
    page = page_of(
        narrow(tab.rows(project, person), filters, project).prefetch_related(*tab.fetch),
        tab.order,
        ROWS,
        after=next(iter(lists.get("after", ())), ""),
        before=next(iter(lists.get("before", ())), ""),
    )
    counts = queue.counts_to([each.rows(project, person) for each in TABS])
    tree = list(categories.tree(project))
    return {
        "project": project,
        "place": "review",
        "tab": tab,
        "is_mine": tab.key == "mine",
        "tabs": list(zip(TABS, counts, strict=True)),
        "page": page,
        "rows": rows_of(page.rows, project, filters, tree, tab=tab),
        "filters": filters,
        "chips": filters.chips(),
        "categories": tree,
        "severities": Severity.choices,
        "says": "Sorted by doubt in the suggested category." if tab.order == queue.ORDER else "",
    }


def ahead(
    project: Project, filters: Filters, tree: Sequence[Category], current: ReviewTask
) -> list[Row]:
    """What waits next, for the list beside an item."""
    waiting = narrow(queue.waiting(project), filters, project)[:NEXT]
    return rows_of(waiting, project, filters, tree, current=current)


def rows_of(
    tasks: Iterable[ReviewTask],
    project: Project,
    filters: Filters,
    tree: Sequence[Category],
    *,
    tab: Tab = TABS[0],
    current: ReviewTask | None = None,
) -> list[Row]:
    """The tasks as rows; `tree` holds their categories, so that none is fetched."""
    base = reverse("reviews:queue", args=[project.slug])
    said = f"?{filters.query()}" if filters else ""
    names = {category.pk: category.name for category in tree}

    @cache
    def narrowed(field: str, value: str) -> str:
        return f"?tab={tab.key}&{replace(filters, **{field: (value,)}).query()}" if value else ""

    def row(task: ReviewTask) -> Row:
        holder = task.leased_to.username if task.leased_to_id and task.leased_to else ""
        return Row(
            href=f"{base}{task.pk}/{said}",
            path=task.file_path,
            folder=task.folder,
            name=task.name,
            language=task.language,
            language_href=narrowed("language", task.language),
            repository=task.repository,
            repository_href=narrowed("repository", task.repository),
            category=names[task.category_id],
            certainty=task.certainty,
            doubt=task.doubt,
            severity=task.severity,
            why=why_here(task),
            holder=holder,
            holder_href=narrowed("holder", holder),
            is_accepted=tab.key == "mine" and task.example.state == task.example.State.ACCEPTED,
            at=task.decided_at or task.opened_at,
            is_current=task == current,
        )

    return [row(task) for task in tasks]
