"""Freezing by itself: each night, or after so many decisions, in the name of who said so.

Never two at once: while a version of the project waits or is built, none is asked for. Whoever set
the schedule must still be allowed to freeze; otherwise it waits for somebody who is.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from curation import datasets
from curation.models import DatasetVersion, Decision, FreezeSchedule
from governance.access import Ability, abilities_of
from governance.ledger import record
from governance.models import Project, User

NIGHT = timedelta(hours=2)  # after midnight, UTC
OPEN = (DatasetVersion.State.REQUESTED, DatasetVersion.State.BUILDING)
USUAL = 100  # decisions, where nobody said another number


def schedule_of(project: Project) -> FreezeSchedule | None:
    """What was said last; None where nobody ever did, and nothing freezes by itself."""
    return FreezeSchedule.objects.filter(project=project).select_related("set_by").first()


@transaction.atomic
def schedule(project: Project, every: str, decisions: int, by: User, now: datetime) -> None:
    """Freeze by itself from now on, or no longer."""
    FreezeSchedule.objects.update_or_create(
        project=project,
        defaults={"every": every, "decisions": decisions, "set_by": by, "set_at": now},
    )
    record(project, by, "freezing scheduled", every, now, decisions=decisions)


def freeze_due(now: datetime) -> list[DatasetVersion]:
    """Ask for a version of every project that is due; those that were asked for."""
    on = FreezeSchedule.objects.exclude(every=FreezeSchedule.Every.NEVER).order_by("project")
    made = []
    for each in on.select_related("project", "set_by"):
        try:
            version = _freeze(each, now)
        except datasets.NothingToFreeze:
            continue
        if version is not None:
            made.append(version)
    return made


def is_stuck(schedule: FreezeSchedule) -> bool:
    """Whether nothing freezes because who set it may no longer."""
    is_on = schedule.every != FreezeSchedule.Every.NEVER
    return is_on and Ability.CURATE not in abilities_of(schedule.set_by, schedule.project)


@transaction.atomic
def _freeze(schedule: FreezeSchedule, now: datetime) -> DatasetVersion | None:
    """The lock orders workers: who comes second finds the first one's version."""
    _hold(schedule)
    if not _is_due(schedule, now) or is_stuck(schedule):
        return None
    return datasets.request(schedule.project, schedule.set_by, now, is_scheduled=True)


def _hold(schedule: FreezeSchedule) -> None:
    Project.objects.select_for_update(no_key=True).get(pk=schedule.project_id)


def _is_due(schedule: FreezeSchedule, now: datetime) -> bool:
    versions = DatasetVersion.objects.filter(project=schedule.project)
    if versions.filter(state__in=OPEN).exists():
        return False
    newest = versions.order_by("-number").first()
    fresh = _decided_since(schedule.project, newest)
    if schedule.every == FreezeSchedule.Every.DECISIONS:
        return fresh[: schedule.decisions].count() >= schedule.decisions
    tonight = now.replace(hour=0, minute=0, second=0, microsecond=0) + NIGHT
    begun = newest.requested_at if newest else schedule.set_at
    return begun < tonight <= now and fresh.exists()


def _decided_since(project: Project, version: DatasetVersion | None) -> QuerySet[Decision]:
    since = version.last_decision if version else 0
    return Decision.objects.filter(example__project=project, pk__gt=since).order_by("id")
