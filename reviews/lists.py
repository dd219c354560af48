"""The queue page and the list beside an item: rows as they are shown, cheap to draw."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from curation import categories
from curation.models import Category
from feedback.models import Severity
from governance.access import Ability
from governance.models import Project, User
from lib.pages import Page, first_page, page_of
from lib.statements import Asked, Query, Statement, together
from reviews import inbox, rows, saved
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
        gettext_noop("Waiting"),
        lambda project, person: rows.waiting(project),
        rows.ORDER,
        (),
        (
            gettext_noop("Nothing waits for review"),
            gettext_noop(
                "Every labelled correction has been decided, or somebody holds it. New"
                " ones appear here seconds after the labelers have voted."
            ),
        ),
    ),
    Tab(
        "held",
        gettext_noop("Being reviewed"),
        rows.being_reviewed,
        rows.ORDER,
        ("leased_to",),
        (
            gettext_noop("Nobody is reviewing"),
            gettext_noop(
                "An item is listed here while somebody holds it, for ten minutes at a time."
            ),
        ),
    ),
    Tab(
        "escalated",
        gettext_noop("Escalated"),
        lambda project, person: rows.escalated(project),
        rows.ORDER,
        (),
        (
            gettext_noop("Nothing was escalated"),
            gettext_noop(
                "Items that a reviewer could not decide are passed on to the curators here."
            ),
        ),
    ),
    Tab(
        "snoozed",
        gettext_noop("Snoozed"),
        rows.snoozed,
        ("wakes_at", "id"),
        (),
        (
            gettext_noop("Nothing is snoozed"),
            gettext_noop(
                "What a reviewer puts off waits here and comes back to the queue by itself."
            ),
        ),
    ),
    Tab(
        "mine",
        gettext_noop("Decided by me"),
        rows.decided_by,
        ("-decided_at", "-id"),
        ("example",),
        (
            gettext_noop("You have decided nothing yet"),
            gettext_noop("What you decide stays here, and you can take each decision back."),
        ),
    ),
)


def queue_context(project: Project, person: User, lists: Lists) -> dict[str, Any]:
    """One page of one tab. Raises BadCursor."""
    filters = from_query(lists)
    tab = next((tab for tab in TABS if [tab.key] == list(lists.get("tab", ()))), TABS[0])
    around, first = _around(project, person), not (filters or "after" in lists or "before" in lists)
    if first:
        *said, found = together(*around, _FIRST[tab.key].asked(project=project, person=person))
        page = first_page(found, tab.order, ROWS)
    else:
        said, page = together(*around), _page(project, person, tab, filters, lists)
    [counts], tree, views, [(unread,)] = said
    prefetch_related_objects(page.rows, *tab.fetch)
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
        "views": views,
        "unread": unread,
        "view_query": saved.cleaned(f"tab={tab.key}&{filters.query()}"),
        "categories": tree,
        "severities": Severity.choices,
        "says": gettext("Sorted by what the data would learn most from.")
        if tab.order == rows.ORDER
        else "",
    }


def _page(
    project: Project, person: User, tab: Tab, filters: Filters, lists: Lists
) -> Page[ReviewTask]:
    after, before = (next(iter(lists.get(name, ())), "") for name in ("after", "before"))
    rows = narrow(tab.rows(project, person), filters, project, person)
    return page_of(rows, tab.order, ROWS, after=after, before=before)


def _around(project: Project, person: User) -> list[Asked]:
    """What is on the page whatever rows it shows."""
    both = {"project": project, "person": person}
    views, unread = _VIEWS.asked(**both), inbox.UNREAD.asked(person=person)
    return [_COUNTS.asked(**both), categories.LISTED.asked(project=project), views, unread]


# What nearly every request for the queue asks
_FIRST = {
    tab.key: Query(
        lambda project, person, tab=tab: tab.rows(project, person).order_by(*tab.order)[: ROWS + 1],
        project=Project,
        person=User,
    )
    for tab in TABS
}
_VIEWS = Query(saved.views_for, project=Project, person=User)
_COUNTS = Statement(
    lambda project, person: rows.counting([tab.rows(project, person) for tab in TABS]),
    project=Project,
    person=User,
)


def ahead(
    project: Project,
    person: User,
    filters: Filters,
    tree: Sequence[Category],
    current: ReviewTask,
) -> list[Row]:
    """What waits next, for the list beside an item."""
    waiting = narrow(rows.waiting(project), filters, project, person)[:NEXT]
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
    names = {category.pk: category.title for category in tree}
    curates = Ability.CURATE in getattr(project, "abilities", ())
    to = "adjudicate" if tab.key == "escalated" and curates else ""

    @cache
    def narrowed(field: str, value: str) -> str:
        return f"?tab={tab.key}&{replace(filters, **{field: (value,)}).query()}" if value else ""

    def row(task: ReviewTask) -> Row:
        holder = task.leased_to.username if task.leased_to_id and task.leased_to else ""
        return Row(
            href=f"{base}{task.pk}/{to}{said}",
            path=task.file_path,
            folder=task.folder,
            name=task.name,
            language=task.language,
            language_href=narrowed("language", task.language),
            repository=task.repository,
            repository_href=narrowed("repository", task.repository),
            category=names[task.category_id],
            certainty=task.certainty,
            doubt=task.doubt_percent,
            severity=task.severity,
            why=why_here(task),
            holder=holder,
            holder_href=narrowed("holder", holder),
            is_accepted=tab.key == "mine" and task.example.state == task.example.State.ACCEPTED,
            at=task.decided_at or task.wakes_at or task.opened_at,
            is_current=task == current,
        )

    return [row(task) for task in tasks]
