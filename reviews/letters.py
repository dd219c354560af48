"""Mail about one's inbox: gathered per person, sent when due, at most once.

A letter names what happened and where; it never carries code, prompts or what people wrote.
What was read before the letter is due is left out, and a letter with nothing left is not sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.core import signing
from django.db import transaction

from governance.access import Ability, projects_where
from governance.models import User
from reviews.models import InboxEntry, Letter, LetterLine, NoticeChoice

How = NoticeChoice.How
Kind = InboxEntry.Kind
State = Letter.State

USUAL: dict[str, str] = {
    Kind.MENTION: How.NOW,
    Kind.REPLY: How.NOW,
    Kind.ASSIGNED: How.NOW,
    Kind.ESCALATED: How.DAILY,
    Kind.DISPUTED: How.DAILY,
    Kind.REOPENED: How.DAILY,
    Kind.OVERRULED: How.DAILY,
    Kind.DISAGREED: How.WEEKLY,
}
SOON = timedelta(minutes=1)  # what comes within it is one letter
MORNING = time(7)
MOST_LINES = 100
AFTER = [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)]
LOST = timedelta(minutes=15)  # a worker that took a letter and never said what became of it
SALT = "reviews.letters.unsubscribe"
LINK_HOLDS = timedelta(days=90)  # of the link in a mail that needs no login


class BadToken(Exception):
    """The link was not made by us, or is damaged."""


class OldToken(BadToken):
    """The link is ours, and older than LINK_HOLDS."""


@dataclass(frozen=True)
class Taken:
    """A letter that this worker sends, and what is left to tell in it."""

    letter: Letter
    entries: list[InboxEntry]


def choices_of(person: User) -> dict[str, str]:
    """How the person wants to hear of each kind."""
    own = dict(NoticeChoice.objects.filter(person=person).values_list("kind", "how"))
    return {kind: own.get(kind, usual) for kind, usual in USUAL.items()}


@transaction.atomic
def choose(person: User, wanted: Mapping[str, str]) -> None:
    """Keep how the person wants to hear of each kind."""
    NoticeChoice.objects.bulk_create(
        [
            NoticeChoice(person=person, kind=kind, how=wanted[kind])
            for kind in USUAL
            if kind in wanted
        ],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["how"],
    )


def stop(person: User) -> None:
    """No mail about anything any more."""
    choose(person, dict.fromkeys(USUAL, How.OFF))


def gather(entries: Iterable[InboxEntry], now: datetime) -> None:
    """Put entries into the letters of their people. Call it in the transaction that wrote them."""
    waiting = [entry for entry in entries if entry.person.email and entry.person.is_active]
    own = NoticeChoice.objects.filter(person__in={entry.person for entry in waiting})
    said = {(row.person_id, row.kind): row.how for row in own} if waiting else {}
    grouped: dict[tuple[int, str], list[InboxEntry]] = defaultdict(list)
    for entry in waiting:
        how = said.get((entry.person_id, entry.kind), USUAL[entry.kind])
        if how != How.OFF:
            grouped[entry.person_id, how].append(entry)
    for (person_id, how), mine in sorted(grouped.items()):
        letter = _gathering(person_id, how, now)
        LetterLine.objects.bulk_create(
            [LetterLine(letter=letter, entry=entry) for entry in mine], ignore_conflicts=True
        )


def due_after(how: str, now: datetime) -> datetime:
    """When a letter begun now is sent. Pure."""
    if how == How.NOW:
        return now + SOON
    morning = datetime.combine(now.date(), MORNING, now.tzinfo)
    days = 0 if now < morning else 1
    if how == How.WEEKLY:
        days += (7 - (now + timedelta(days=days)).weekday()) % 7
    return morning + timedelta(days=days)


def take(now: datetime) -> Taken | None:
    """The letter that is due the longest, marked as being sent; None when none is due.

    Where nothing is left to tell, it is marked as needless and has no entries.
    """
    with transaction.atomic():
        due = Letter.objects.filter(state__in=[State.GATHERING, State.AGAIN], due_at__lte=now)
        letter = due.order_by("due_at").select_for_update(skip_locked=True).first()
        if letter is None:
            return None
        entries = _left_to_tell(letter)
        letter.state = State.SENDING if entries else State.NEEDLESS
        letter.touched_at, letter.attempts = now, letter.attempts + 1
        letter.save(update_fields=["state", "touched_at", "attempts"])
    return Taken(letter, entries)


def sent(taken: Taken) -> None:
    """The mail server has taken it."""
    _mark(taken.letter, state=State.SENT)


def refused(taken: Taken, problem: str, now: datetime) -> None:
    """The mail server did not take it: tried again later, and at last given up."""
    tries = taken.letter.attempts
    if tries > len(AFTER):
        _mark(taken.letter, state=State.FAILED, problem=problem[:200])
    else:
        due = now + AFTER[tries - 1]
        _mark(taken.letter, state=State.AGAIN, problem=problem[:200], due_at=due)


def give_up_lost(now: datetime) -> int:
    """Close letters whose worker died while it sent them; how many.

    Whether they arrived nobody knows, so they are not sent again: all of it is in the inbox.
    """
    lost = Letter.objects.filter(state=State.SENDING, touched_at__lt=now - LOST)
    return lost.update(state=State.FAILED, problem="The worker that sent it died.")


def token_for(person: User) -> str:
    """What the links for no more mail carry; it needs no login."""
    return signing.dumps(person.pk, salt=SALT)


def person_of(token: str) -> User:
    """Whose link it is. Raises BadToken, and of it OldToken."""
    try:
        return User.objects.get(pk=signing.loads(token, salt=SALT, max_age=LINK_HOLDS))
    except signing.SignatureExpired:
        raise OldToken from None
    except (signing.BadSignature, User.DoesNotExist):
        raise BadToken from None


def _gathering(person_id: int, how: str, now: datetime) -> Letter:
    """The person's letter that is not sent yet, locked so that it stays so until we commit."""
    while True:
        Letter.objects.bulk_create(
            [Letter(person_id=person_id, how=how, due_at=due_after(how, now))],
            ignore_conflicts=True,
        )
        open_one = Letter.objects.filter(person=person_id, how=how, state=State.GATHERING)
        letter = open_one.select_for_update().first()
        if letter is not None:  # else a worker took it between the two: begin another
            return letter


def _left_to_tell(letter: Letter) -> list[InboxEntry]:
    """Unread entries of projects whose code the person may still read, the newest first."""
    entries = InboxEntry.objects.filter(
        letter_line__letter=letter,
        read_at=None,
        done_at=None,
        project__in=projects_where(letter.person, Ability.READ_CODE),
    )
    if not letter.person.is_active or not letter.person.email:
        return []
    related = ("project", "task", "actor", "comment")
    return list(entries.select_related(*related).order_by("-id")[:MOST_LINES])


def _mark(letter: Letter, **changes: str | datetime) -> None:
    Letter.objects.filter(pk=letter.pk, state=State.SENDING).update(**changes)
