"""Which slots there are to do: waiting, held, put off or decided, and for whom. Reads only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from governance.models import Project, User
from lib.statements import EachExists, Statement, Written
from reviews.blindness import QUALITY
from reviews.models import ReviewTask, ReviewTeam, Verdict

State = ReviewTask.State
Kind = ReviewTask.Kind

ORDER = ("-urgency", "id")
COUNTED_TO = 1_000
GIVEN_AWAY = (Verdict.Kind.PASS, Verdict.Kind.ESCALATE)
PUT_OFF = (Verdict.Kind.SKIP, Verdict.Kind.PASS)


def waiting(project: Project) -> QuerySet[ReviewTask]:
    """Slots nobody holds, the most urgent first."""
    open_ = ReviewTask.objects.filter(project=project, state=State.OPEN, kind=Kind.PLAIN)
    return open_.order_by(*ORDER)


def free_for(project: Project, reviewer: User) -> QuerySet[ReviewTask]:
    """Waiting slots the reviewer may take: one of each example, and of none they have seen."""
    elsewhere = ReviewTask.objects.filter(
        Q(leased_to=reviewer)
        | Q(decided_by=reviewer)
        | Q(state=State.OPEN, kind=Kind.PLAIN, slot__lt=OuterRef("slot"))
        | (~Q(pk=OuterRef("pk")) & Q(EachExists(given_away_by(reviewer)))),
        example=OuterRef("example"),
    )
    free = waiting(project).filter(
        Q(assigned_to=None, assigned_team=None) | mine_to_do(project, reviewer)
    )
    return free.exclude(developer__in=reviewer.names).filter(~EachExists(elsewhere))


def names_of(reviewer: User) -> dict[str, str]:
    """The reviewer's names as values of a statement, which always has two."""
    return {"username": reviewer.username, "email": reviewer.email or reviewer.username}


def mine_to_do(project: Project, reviewer: User) -> Q:
    """Assigned to the reviewer or to a team of theirs."""
    teams = ReviewTeam.objects.filter(project=project, members=reviewer).order_by().values("pk")
    return Q(assigned_to=reviewer) | Q(assigned_team__in=teams)


def snoozed(project: Project, viewer: User | None = None) -> QuerySet[ReviewTask]:
    """Slots that come back by themselves, the first to wake first; no measure of somebody else."""
    asleep = ReviewTask.objects.filter(project=project, state=State.SNOOZED)
    return asleep.filter(~Q(kind__in=QUALITY) | Q(assigned_to=viewer)).order_by("wakes_at", "id")


def being_reviewed(project: Project, viewer: User | None = None) -> QuerySet[ReviewTask]:
    """Slots somebody holds; what measures a person is shown to that person only."""
    held = ReviewTask.objects.filter(project=project, state=State.LEASED).order_by(*ORDER)
    return held.filter(~Q(kind__in=QUALITY) | Q(leased_to=viewer))


def held_by(project: Project, reviewer: User, now: datetime) -> QuerySet[ReviewTask]:
    """What the reviewer holds, in the order they got it."""
    held = ReviewTask.objects.filter(project=project, state=State.LEASED, leased_to=reviewer)
    return held.filter(leased_until__gt=now).order_by("leased_at", *ORDER)


def escalated(project: Project) -> QuerySet[ReviewTask]:
    """Slots that wait for a curator."""
    return ReviewTask.objects.filter(project=project, state=State.ESCALATED).order_by(*ORDER)


def decided_by(project: Project, reviewer: User) -> QuerySet[ReviewTask]:
    """Slots the reviewer decided, the last first."""
    mine = ReviewTask.objects.filter(project=project, state=State.DECIDED, decided_by=reviewer)
    mine = mine.exclude(kind__in=QUALITY)
    return mine.order_by("-decided_at", "-id")


def counting(many: Sequence[QuerySet[Any]], most: int = COUNTED_TO) -> Written:
    """One statement that counts each up to `most` + 1: whoever shows it says "1,000+" beyond."""
    parts: list[str] = []
    bound: list[Any] = []
    for each in many:
        # In order: its index alone is read then, not the table past the rows of others
        sql, params = each.values("id")[: most + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  Django's own text
        bound += params
    return f"SELECT {', '.join(parts)}", bound


def seen_by(reviewer: User) -> QuerySet[ReviewTask]:
    """Slots that make another slot of their example none of the reviewer's."""
    return ReviewTask.objects.filter(
        Q(leased_to=reviewer) | Q(decided_by=reviewer), kind__in=[Kind.PLAIN, Kind.ADJUDICATION]
    )


def put_off_by(reviewer: User) -> QuerySet[Verdict]:
    """The verdict by which the reviewer skipped a slot, or left it to others, of an outer query."""
    return Verdict.objects.filter(task=OuterRef("pk"), reviewer=reviewer, kind__in=PUT_OFF)


def given_away_by(reviewer: User) -> QuerySet[Verdict]:
    """The verdict by which the reviewer left a slot of an outer query to others for good."""
    given = Verdict.objects.filter(task=OuterRef("pk"), reviewer=reviewer, kind__in=GIVEN_AWAY)
    return given.filter(undone_by=None)


def skipped(project: Project, reviewer: User) -> tuple[list[int], list[int]]:
    """Waiting slots the reviewer skipped, the one skipped longest ago first, and left to others."""
    last: dict[int, str] = {}
    for task, kind in _SKIPS.fetch(project=project, reviewer=reviewer):
        last.pop(task, None)
        last[task] = kind
    again = [task for task, kind in last.items() if kind == Verdict.Kind.SKIP]
    return again, [task for task in last if task not in again]


def _skips(project: Project, reviewer: User) -> Written:
    skips = Verdict.objects.filter(
        reviewer=reviewer,
        kind__in=PUT_OFF,
        task__project=project,
        task__state=State.OPEN,
    )
    return skips.order_by("id").values_list("task_id", "kind").query.sql_with_params()


_SKIPS = Statement(_skips, project=Project, reviewer=User)
