"""For how long projects keep what was reported, and the sweep that erases what is older."""

from datetime import datetime, timedelta

from django.db import transaction

from config.erasure.erasing import Busy, NothingFound, erase
from config.erasure.requests import Older
from governance.ledger import record
from governance.models import Project, Retention, User

AT_ONCE = 500  # generations in one transaction, and as many raw events
TURNS = 20  # transactions of one project in one sweep; the next sweep goes on
LONGEST = 36_500  # days; what is older than any server


class Unchanged(Exception):
    """The project keeps it as long already."""


def held(project: Project) -> Retention | None:
    """What was chosen, and by whom; None where nobody has."""
    return Retention.objects.filter(project=project).select_related("set_by").first()


@transaction.atomic
def choose(project: Project, days: int | None, by: User | None, now: datetime) -> None:
    """Keep what was reported for so many days from its coming in; None: for good.

    Raises Unchanged.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before = held(project)
    if (before.days if before else None) == days:
        raise Unchanged
    Retention.objects.update_or_create(
        project=project, defaults={"days": days, "set_by": by, "set_at": now}
    )
    record(project, by, "retention chosen", project.slug, now, days=days)


def sweep(now: datetime) -> int:
    """Erase what is past keeping, in every project; how many receipts that made."""
    kept = Retention.objects.filter(days__isnull=False).select_related("project")
    return sum(_sweep(each, now) for each in kept.order_by("pk"))


def _sweep(retention: Retention, now: datetime) -> int:
    assert retention.days is not None
    request = Older(now - timedelta(days=retention.days), AT_ONCE)
    for turn in range(TURNS):
        try:
            erase(retention.project, request, None, now)
        except (NothingFound, Busy):
            return turn
    return TURNS
