"""What one decision for all that pass a filter would do, counted before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, ngettext

from curation import categories
from governance.models import Project, User
from reviews import rows
from reviews.batches import MOST, in_reach
from reviews.filters import Filters, narrow
from reviews.lists import Row, rows_of
from reviews.models import ReviewTask

SAMPLE = 10

State = ReviewTask.State


@dataclass(frozen=True)
class Preview:
    """How many slots would be decided, how many not and why, and some of them."""

    decided: int
    second: int  # of them, whose example wants another person too
    left: Sequence[tuple[int, str]]
    sample: Sequence[Row]
    waiting: int  # everybody's: what a category is set for
    most: int = MOST

    @property
    def is_cut(self) -> bool:
        """Are there more than one batch takes?"""
        return self.decided > self.most


def preview(project: Project, person: User, filters: Filters) -> Preview:
    """Counted up to the most that one batch takes."""
    free = in_reach(project, person, filters)
    waiting = narrow(rows.waiting(project), filters, project, person)
    is_own = Q(developer__in=person.names) | Q(author=person)
    assigned = waiting.exclude(is_own).exclude(assigned_to=None).exclude(assigned_to=person)
    others = ReviewTask.objects.filter(
        example=OuterRef("example"),
        kind=ReviewTask.Kind.PLAIN,
        state__in=[State.OPEN, State.LEASED],
    ).exclude(pk=OuterRef("pk"))
    sets = [
        free,
        free.filter(Exists(others)),
        waiting,
        waiting.filter(is_own),
        assigned,
        narrow(rows.being_reviewed(project), filters, project, person),
        narrow(rows.escalated(project), filters, project, person),
    ]
    counts = [each.order_by()[: MOST + 1].count() for each in sets]
    decided, second, all_, own, given, held, escalated = counts
    rest = max(all_ - decided - own - given, 0)
    left = [
        (held, gettext("held by somebody now")),
        (own, ngettext("correction of your own", "corrections of your own", own)),
        (given, gettext("assigned to somebody else")),
        (escalated, gettext("escalated; that is decided one by one")),
        (
            rest,
            ngettext(
                "further review of an example that you take part in once",
                "further reviews of examples that you take part in once",
                rest,
            ),
        ),
    ]
    tree = categories.listed(project)
    sample = rows_of(free.order_by(*rows.ORDER)[:SAMPLE], project, filters, tree)
    return Preview(decided, second, [each for each in left if each[0]], sample, all_)
