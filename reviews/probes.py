"""Slots that only measure: gold items, and one's own past decisions served again.

They look like any other slot until they are decided, by number and age too. They change neither
example nor dataset.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from curation.models import Example
from governance.access import Ability, abilities_of
from governance.models import Project, User
from lib.statements import Query, Statement, Written
from reviews import gold, rows
from reviews.blindness import QUALITY
from reviews.filters import Filters, narrow
from reviews.models import GoldItem, Probe, ReviewPolicy, ReviewTask, Verdict

State = ReviewTask.State
Kind = ReviewTask.Kind

DICE = SystemRandom()
REST = timedelta(days=7)  # before one's own decision may come back
MEMORY = timedelta(weeks=12)  # after which it does not any more
MOST = 500  # candidates looked at
NEIGHBOURS = 200  # waiting slots, of which one lends its age
ROOM = 8  # numbers for each slot, of which it takes one (migration 0018)
SPARED = 1_000  # thrown for somebody who is not to be measured now, whatever waits
COPIED = (
    "project_id",
    "example_id",
    "author_id",
    "urgency",
    "doubt",
    "cluster_size",
    "weakness",
    "novelty",
    "is_random",
    "category_id",
    "severity",
    "language",
    "repository",
    "model_name",
    "file_path",
    "developer",
)
USUAL = ReviewPolicy()
HAND = f"""
SELECT coalesce(policy.gold_share, {USUAL.gold_share}),
       coalesce(policy.again_share, {USUAL.again_share}),
       EXISTS (SELECT FROM {ReviewTask._meta.db_table} AS task
                WHERE task.project_id = project.id AND task.assigned_to_id = %s
                  AND task.state = 'open' AND task.kind IN ('gold', 'again'))
  FROM {Project._meta.db_table} AS project
  LEFT JOIN {ReviewPolicy._meta.db_table} AS policy ON policy.project_id = project.id
 WHERE project.id = %s
"""  # noqa: S608  our own names
ANSWERING = (Verdict.Kind.ACCEPT, Verdict.Kind.FIX, Verdict.Kind.REJECT)


@dataclass(frozen=True)
class Hand:
    """What decides whether to measure a person now: the policy's shares, and what waits already."""

    gold_share: int
    again_share: int
    waits: bool


@dataclass(frozen=True)
class Place:
    """Where a slot stands among the others: its number, if it has one yet, and its age."""

    pk: int | None
    opened_at: datetime


def deal(
    project: Project,
    reviewer: User,
    now: datetime,
    filters: Filters | None = None,
    dice: Random = DICE,
) -> ReviewTask | None:
    """Open one slot for the reviewer to be measured by, if the dice fall so.

    The shares are the policy's. None: the dice fell otherwise, or there is nothing to serve.
    """
    hand, thrown = _hand(project, reviewer), throw(dice)
    return _deal(hand, project, reviewer, now, filters or Filters(), dice, thrown)


def throw(dice: Random) -> int:
    """One of a thousand: below the policy's shares, somebody is measured."""
    return dice.randrange(1000)


def due(
    project: Project, reviewer: User, now: datetime, filters: Filters, dice: Random, thrown: int
) -> QuerySet[ReviewTask] | None:
    """What the reviewer is to be measured by next; None for nothing.

    It costs one short query unless there is something.
    """
    if thrown == SPARED:
        return None
    hand = _hand(project, reviewer)
    opened = _deal(hand, project, reviewer, now, filters, dice, thrown)
    if not (opened or hand.waits):
        return None
    waiting = waiting_for(project, reviewer)
    if hand.waits and _knows_gold(project, reviewer):
        waiting = waiting.exclude(kind=Kind.GOLD)  # served before they became a curator
    return narrow(waiting, filters, project, reviewer)


def waiting_for(project: Project, reviewer: User) -> QuerySet[ReviewTask]:
    """Such slots that were opened for the reviewer and not decided; a skipped one stays away."""
    mine = ReviewTask.objects.filter(
        project=project,
        state=State.OPEN,
        kind__in=QUALITY,
        assigned_to=reviewer,
    )
    return mine.filter(~Exists(rows.put_off_by(reviewer))).order_by("id")


def known_to_none(project: Project, reviewer: User) -> QuerySet[ReviewTask]:
    """First slots of gold items the reviewer has neither met nor marked."""
    met = ReviewTask.objects.filter(example=OuterRef("example")).filter(
        Q(decided_by=reviewer) | Q(leased_to=reviewer) | Q(assigned_to=reviewer)
    )
    held = gold.in_force(project).exclude(set_by=reviewer)
    return (
        _first_slots(project)
        .filter(example__in=held.order_by().values("example"), example__state__in=gold.DECIDED)
        .exclude(developer__in=reviewer.names)
        .exclude(author=reviewer)
        .filter(~Exists(met))
        .order_by("id")
    )


def own_past(project: Project, reviewer: User, now: datetime) -> QuerySet[ReviewTask]:
    """Slots the reviewer decided a while ago, each to be served once more at most."""
    return _decided(project, reviewer, now - MEMORY, now - REST)


def _decided(
    project: Project, reviewer: User, since: datetime, until: datetime
) -> QuerySet[ReviewTask]:
    served = ReviewTask.objects.filter(
        example=OuterRef("example"), assigned_to=reviewer, kind=Kind.AGAIN
    )
    return ReviewTask.objects.filter(
        ~Exists(served),
        project=project,
        kind=Kind.PLAIN,
        state=State.DECIDED,
        decided_by=reviewer,
        decided_at__lte=until,
        decided_at__gte=since,
        example__state__in=gold.DECIDED,
    ).order_by("-decided_at", "-id")


def _first_slots(project: Project) -> QuerySet[ReviewTask]:
    return ReviewTask.objects.filter(project=project, kind=Kind.PLAIN, slot=1)


@transaction.atomic
def serve(model: ReviewTask, reviewer: User, kind: str, now: datetime) -> ReviewTask | None:
    """Open the slot beside the one it copies. None: somebody is at the example just now."""
    free = Example.objects.select_for_update(skip_locked=True).filter(pk=model.example_id)
    if not free.exists() or _served(model, reviewer, kind):
        return None
    compared = _compared_with(model, reviewer, kind)
    if compared is None:
        return None
    last = ReviewTask.objects.filter(example=model.example_id).aggregate(last=Max("slot"))["last"]
    copied = {name: getattr(model, name) for name in COPIED}
    task = _inserted(_place_of(model), **copied, kind=kind, slot=last + 1, assigned_to=reviewer)
    Probe.objects.create(task=task, at=now, **compared)
    return task


def _place_of(model: ReviewTask) -> Place:
    """A number and an age like those of a slot that waits, or of the one it copies.

    Both show on its page; the highest number, or no age, would say what it is for. It is never
    older than the example. Beside each slot there is ROOM.
    """
    likely = rows.waiting(model.project).values_list("pk", "opened_at")[:NEIGHBOURS]
    near = [(pk, opened_at) for pk, opened_at in likely if opened_at >= model.opened_at]
    beside, opened_at = DICE.choice(near or [(model.pk, model.opened_at)])
    first = beside - beside % ROOM
    block = range(first, first + ROOM)
    taken = ReviewTask.objects.filter(pk__in=block).values_list("pk", flat=True)
    room = sorted({*block} - {0, *taken})
    return Place(DICE.choice(room) if room else None, opened_at)


def _inserted(place: Place, **columns: Any) -> ReviewTask:
    """The slot under its number, or the next one where somebody has taken that just now."""
    row = ReviewTask(pk=place.pk, opened_at=place.opened_at, **columns)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "pkey" not in str(error):
            raise
        row.pk = None
        row.save(force_insert=True)
    return row


def hand(project: Project, reviewer: User) -> Written:
    """What a Hand holds, as a statement."""
    return HAND, [reviewer.pk, project.pk]


_HAND = Statement(hand, project=Project, reviewer=User)


def _hand(project: Project, reviewer: User) -> Hand:
    return Hand(*_HAND.fetch(project=project, reviewer=reviewer)[0])


def _deal(
    hand: Hand,
    project: Project,
    reviewer: User,
    now: datetime,
    filters: Filters,
    dice: Random,
    thrown: int,
) -> ReviewTask | None:
    if thrown >= hand.gold_share + hand.again_share:
        return None
    is_gold = thrown < hand.gold_share
    if is_gold and _knows_gold(project, reviewer):
        return None
    fitting = _fitting(is_gold, project, reviewer, now, filters)
    if not fitting:
        return None
    return serve(dice.choice(fitting), reviewer, Kind.GOLD if is_gold else Kind.AGAIN, now)


def _knows_gold(project: Project, person: User) -> bool:
    """Whoever may manage known answers can read them all, and is not measured by them."""
    return Ability.CURATE in abilities_of(person, project)


def _fitting(
    is_gold: bool, project: Project, reviewer: User, now: datetime, filters: Filters
) -> list[ReviewTask]:
    if filters:
        every = known_to_none(project, reviewer) if is_gold else own_past(project, reviewer, now)
        return list(narrow(every, filters, project, reviewer)[:MOST])
    if is_gold:
        return _GOLD.rows(project=project, reviewer=reviewer, **rows.names_of(reviewer))
    return _AGAIN.rows(project=project, reviewer=reviewer, since=now - MEMORY, until=now - REST)


def _known(project: Project, reviewer: User, username: str, email: str) -> QuerySet[ReviewTask]:
    reviewer.username, reviewer.email = username, email
    return known_to_none(project, reviewer)[:MOST]


_GOLD = Query(_known, project=Project, reviewer=User, username=str, email=str)
_AGAIN = Query(
    lambda project, reviewer, since, until: _decided(project, reviewer, since, until)[:MOST],
    project=Project,
    reviewer=User,
    since=datetime,
    until=datetime,
)


def _served(model: ReviewTask, reviewer: User, kind: str) -> bool:
    """Asked again under the lock: two tabs of one person may claim at once."""
    return ReviewTask.objects.filter(
        example=model.example_id, assigned_to=reviewer, kind=kind
    ).exists()


def _compared_with(
    model: ReviewTask, reviewer: User, kind: str
) -> dict[str, GoldItem | Verdict] | None:
    if kind == Kind.GOLD:
        known = gold.of(model.example)
        return {"gold": known} if known else None
    earlier = Verdict.objects.filter(
        task=model,
        reviewer=reviewer,
        kind__in=ANSWERING,
        lease_epoch=F("task__lease_epoch"),
        undone_by__isnull=True,
    ).last()
    return {"earlier": earlier} if earlier else None
