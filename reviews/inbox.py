"""Each person's inbox: written with what happened, read across projects, closed when it is over."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from curation.models import Example
from governance.access import Ability, projects_where
from governance.models import User
from lib.statements import Statement, Written
from reviews import letters, rows
from reviews.models import Comment, InboxEntry, ReviewTask

Kind = InboxEntry.Kind

COUNTED_TO = 99
TURN = (Kind.ESCALATED, Kind.DISPUTED, Kind.ASSIGNED, Kind.REOPENED)
TALK = (Kind.MENTION, Kind.REPLY)
DISAGREEMENT = (Kind.DISAGREED, Kind.OVERRULED)

WORDS: dict[str, str] = {
    Kind.MENTION: gettext_noop("mentioned you"),
    Kind.REPLY: gettext_noop("replied"),
    Kind.ESCALATED: gettext_noop("escalated it; a curator decides"),
    Kind.DISPUTED: gettext_noop("and others decided it differently; a curator decides"),
    Kind.ASSIGNED: gettext_noop("assigned it to you"),
    Kind.REOPENED: gettext_noop("re-opened what you had decided"),
    Kind.DISAGREED: gettext_noop("decided it otherwise than you; a curator decides"),
    Kind.OVERRULED: gettext_noop("decided it otherwise than you"),
}


def tell(
    people: Iterable[User],
    kind: str,
    task: ReviewTask,
    by: User | None,
    now: datetime,
    comment: Comment | None = None,
) -> None:
    """Tell each of them, but not whoever did it. Call it inside the transaction it tells about."""
    entries = InboxEntry.objects.bulk_create(
        [
            InboxEntry(
                person=person,
                project_id=task.project_id,
                kind=kind,
                task=task,
                comment=comment,
                actor=by,
                at=now,
            )
            for person in people
            if by is None or person.pk != by.pk
        ],
        ignore_conflicts=comment is not None,
    )
    if comment is not None and entries:  # those that were there already have no key to know
        told = InboxEntry.objects.filter(comment=comment, kind=kind, at=now, letter_line=None)
        entries = list(told.select_related("person"))
    letters.gather(entries, now)


def close(example: Example, kinds: Collection[str], now: datetime) -> None:
    """What these entries asked for is done, whoever did it."""
    tasks = ReviewTask.objects.filter(example=example).values("pk")
    InboxEntry.objects.filter(task__in=tasks, kind__in=kinds, done_at=None).update(done_at=now)


def of(person: User) -> QuerySet[InboxEntry]:
    """The person's entries, the newest first; none of a project they may no longer read."""
    mine = InboxEntry.objects.filter(
        person=person, project__in=projects_where(person, Ability.READ_CODE)
    )
    return mine.select_related("project", "task__category", "actor", "comment__thread").order_by(
        "-id"
    )


def unread(person: User) -> int:
    """How many wait unread, up to COUNTED_TO + 1. One indexed query; every page asks it."""
    return int(UNREAD.fetch(person=person)[0][0])


def _unread(person: User) -> Written:
    new = InboxEntry.objects.filter(
        person=person,
        read_at=None,
        done_at=None,
        project__in=projects_where(person, Ability.READ_CODE),
    )
    return rows.counting([new.order_by()], COUNTED_TO)


UNREAD = Statement(_unread, person=User)


def see(person: User, task: ReviewTask, now: datetime) -> None:
    """The person looks at the item: what told them of it is read."""
    here = InboxEntry.objects.filter(person=person, task__example=task.example_id, read_at=None)
    here.filter(done_at=None).update(read_at=now)


def mark(person: User, numbers: Collection[int], act: str, now: datetime) -> int:
    """Mark entries of the person's own as `read`, `unread`, `done` or `open`; how many."""
    change: dict[str, dict[str, datetime | None]] = {
        "read": {"read_at": now},
        "unread": {"read_at": None},
        "done": {"done_at": now, "read_at": now},
        "open": {"done_at": None},
    }
    differs = {"read": Q(read_at=None), "done": Q(done_at=None)}.get(act, Q())
    mine = InboxEntry.objects.filter(differs, person=person, pk__in=numbers)
    return mine.update(**change[act])


def counted(person: User, tabs: Mapping[str, Collection[str]]) -> dict[str, int]:
    """How many of each tab's kinds are not done, up to COUNTED_TO + 1 of all. One query."""
    open_ones = of(person).filter(done_at=None).order_by()
    kinds = list(open_ones.values_list("kind", flat=True)[: COUNTED_TO * len(tabs)])
    return {key: sum(kind in wanted for kind in kinds) for key, wanted in tabs.items()}
