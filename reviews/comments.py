"""Comments: said on a line or on the whole item, answered, edited, resolved, never overwritten.

Whoever may read the code may read and write them, also in the blind first pass: they are words
between people and hold no verdict. A draft is its author's alone until it is posted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from governance.access import Ability, people_who_may
from governance.models import Project, User
from lib.markdown import named_in, remark
from reviews import inbox, webhooks
from reviews.lines import OnLine
from reviews.models import Comment, CommentDraft, InboxEntry, ReviewTask, Thread

Kind = Comment.Kind

MOST = 500  # comments shown of one item, the newest
MOST_DRAFTS = 200  # of one person; the oldest go first
LONGEST = 10_000


class NotYours(Exception):
    """Somebody else said it."""


class Gone(Exception):
    """The comment was removed."""


@dataclass(frozen=True)
class Place:
    """What is talked about: a line of one side, or the whole item."""

    side: str = ""
    line: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return gettext("the whole item")
        if self.side == "output":
            return gettext("suggestion, line {line}").format(line=self.line)
        return gettext("correction, line {line}").format(line=self.line)


@dataclass(frozen=True)
class Said:
    """One comment as it stands after its edits."""

    pk: int
    author: User
    at: datetime
    text: str
    edited_at: datetime | None = None
    is_removed: bool = False
    html: str = ""


@dataclass
class Talk:
    """One thread as a person sees it; without a key it is only their draft."""

    pk: int | None
    side: str
    line: int
    said: list[Said] = field(default_factory=list)
    resolved_by: User | None = None
    draft: str = ""
    column: int = 0  # the diff asks where on the line something stands

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.side, self.line or None)

    @property
    def anchor(self) -> str:
        """What its element is called on the page."""
        return f"thread-{self.pk}" if self.pk else f"thread-new-{self.side}-{self.line}"


@transaction.atomic
def say(
    task: ReviewTask,
    by: User,
    text: str,
    now: datetime,
    *,
    place: Place = Place(),  # noqa: B008  frozen
    thread: Thread | None = None,
    key: UUID | None = None,
) -> Comment:
    """Post a comment: in the thread, or in a new one at the place. The draft of it is gone.

    The same words for the same place under the same `key` of the client are posted once.
    """
    sent = _key_of(key, task, thread or place, text)
    said = Comment.objects.filter(author=by, key=sent).first() if sent else None
    if said is not None:
        return said
    _drafts(by, task.example_id, thread, Place() if thread else place).delete()
    try:
        with transaction.atomic():
            comment = _append(task, by, text, now, thread or place, sent)
    except IntegrityError as error:
        if "comment_key_once" in str(error):  # a double click
            return Comment.objects.get(author=by, key=sent)
        raise
    mentioned = _tell_mentioned(task, comment, text, by, now)
    others = _talking_in(comment.thread).exclude(pk__in=[person.pk for person in mentioned])
    inbox.tell(others, InboxEntry.Kind.REPLY, task, by, now, comment)
    webhooks.happened(
        *(task.project, "comment.posted", now),
        item=task.pk,
        by=by.username,
        comment=comment.pk,
        thread=comment.thread_id,
    )
    return comment


@transaction.atomic
def edit(task: ReviewTask, comment: Comment, by: User, text: str, now: datetime) -> Comment:
    """Say it otherwise; what was said before stays on the record. Raises NotYours or Gone."""
    if comment.author_id != by.pk:
        raise NotYours
    _refuse_gone(comment)
    edited = Comment.objects.create(
        thread_id=comment.thread_id, kind=Kind.EDITED, of=comment, text=text, author=by, at=now
    )
    _tell_mentioned(task, comment, text, by, now)
    return edited


@transaction.atomic
def remove(comment: Comment, by: User, now: datetime, *, curates: bool = False) -> Comment:
    """Take it off the page; it stays on the record. Curators may remove anybody's.

    Raises NotYours or Gone.
    """
    if comment.author_id != by.pk and not curates:
        raise NotYours
    _refuse_gone(comment)
    InboxEntry.objects.filter(comment=comment, done_at=None).update(done_at=now)
    return Comment.objects.create(
        thread_id=comment.thread_id, kind=Kind.REMOVED, of=comment, author=by, at=now
    )


@transaction.atomic
def resolve(thread: Thread, by: User, now: datetime, *, resolved: bool = True) -> Comment:
    """Close the thread, or open it again."""
    kind = Kind.RESOLVED if resolved else Kind.REOPENED
    return Comment.objects.create(thread=thread, kind=kind, author=by, at=now)


@transaction.atomic
def keep_draft(
    task: ReviewTask,
    by: User,
    text: str,
    now: datetime,
    *,
    place: Place = Place(),  # noqa: B008  frozen
    thread: Thread | None = None,
) -> None:
    """Keep what the person has typed so far; nothing typed, nothing kept. Of many, the newest."""
    place = Place() if thread else place
    if not text.strip():
        _drafts(by, task.example_id, thread, place).delete()
        return
    CommentDraft.objects.bulk_create(
        [
            CommentDraft(
                author=by,
                example_id=task.example_id,
                thread=thread,
                side=place.side,
                line=place.line,
                text=text,
                touched_at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["author", "example", "thread", "side", "line"],
        update_fields=["text", "touched_at"],
    )
    mine = CommentDraft.objects.filter(author=by).order_by("-touched_at", "-id").values("pk")
    CommentDraft.objects.filter(pk__in=mine[MOST_DRAFTS : 2 * MOST_DRAFTS]).delete()


def said_about(task: ReviewTask, person: User) -> list[Talk]:
    """Every thread of the item, and the person's own drafts, by where they are. Three queries."""
    opened = Thread.objects.filter(example=task.example_id).order_by("id")
    talks = {each.pk: Talk(each.pk, each.side, each.line or 0) for each in opened}
    for thread_id, said, resolved_by in folded(_standing(task.example_id)):
        talks[thread_id].said, talks[thread_id].resolved_by = said, resolved_by
    _write_out(task.project, talks.values())
    for draft in CommentDraft.objects.filter(author=person, example=task.example_id).order_by("id"):
        if draft.thread_id in talks:
            talks[draft.thread_id].draft = draft.text
        else:
            key = -draft.pk
            talks[key] = Talk(None, draft.side, draft.line or 0, draft=draft.text)
    shown = [talk for talk in talks.values() if talk.draft or _says_something(talk)]
    return sorted(shown, key=lambda talk: (talk.side, talk.line, talk.pk or 2**62))


def on_lines(talks: Iterable[Talk]) -> list[OnLine]:
    """Those the diff shows under their lines."""
    return [cast(OnLine, talk) for talk in talks if talk.line]


def draft_on_the_whole(talks: Iterable[Talk]) -> str:
    """What the person began to say about the whole item."""
    return next((talk.draft for talk in talks if not talk.pk and not talk.line), "")


def folded(rows: Iterable[Comment]) -> list[tuple[int, list[Said], User | None]]:
    """Each thread's comments as they stand, and who resolved it. Pure: rows in order."""
    said: dict[int, dict[int, Said]] = {}
    resolved: dict[int, User | None] = {}
    for row in rows:
        mine = said.setdefault(row.thread_id, {})
        match row.kind:
            case Kind.SAID:
                mine[row.pk] = Said(row.pk, row.author, row.at, row.text)
                resolved[row.thread_id] = None  # whoever goes on talking opens it again
            case Kind.EDITED if row.of_id in mine:
                mine[row.of_id] = replace(mine[row.of_id], text=row.text, edited_at=row.at)
            case Kind.REMOVED if row.of_id in mine:
                mine[row.of_id] = replace(mine[row.of_id], text="", is_removed=True)
            case Kind.RESOLVED:
                resolved[row.thread_id] = row.author
            case Kind.REOPENED:
                resolved[row.thread_id] = None
    return [(key, list(mine.values()), resolved.get(key)) for key, mine in said.items()]


def people_to_name(project: Project, start: str, most: int = 8) -> list[User]:
    """Whom a mention that begins so may mean: members who may read the code."""
    readers = people_who_may(project, Ability.READ_CODE)
    return list(readers.filter(username__istartswith=start)[:most])


def threads(project: Project) -> QuerySet[Thread]:
    """The project's threads."""
    return Thread.objects.filter(project=project)


def comments(project: Project) -> QuerySet[Comment]:
    """What was said in the project; edits and marks are no comments of their own."""
    return Comment.objects.filter(thread__project=project, kind=Kind.SAID).select_related("thread")


def _key_of(key: UUID | None, task: ReviewTask, where: Thread | Place, text: str) -> UUID | None:
    """A page that is gone back to sends its key again, perhaps with other words: no repetition."""
    return uuid5(key, f"{task.example_id} {where} {text}") if key else None


def _append(
    task: ReviewTask, by: User, text: str, now: datetime, where: Thread | Place, key: UUID | None
) -> Comment:
    """The comment, and the thread it opens where it has only a place."""
    if isinstance(where, Place):
        where = Thread.objects.create(
            project_id=task.project_id,
            example_id=task.example_id,
            side=where.side,
            line=where.line,
            opened_by=by,
            at=now,
        )
    return Comment.objects.create(
        thread=where, kind=Kind.SAID, text=text, author=by, at=now, key=key
    )


def _tell_mentioned(
    task: ReviewTask, comment: Comment, text: str, by: User, now: datetime
) -> list[User]:
    names = named_in(text)
    if not names:
        return []
    readers = people_who_may(task.project, Ability.READ_CODE)
    people = list(readers.filter(username__in=names))
    inbox.tell(people, InboxEntry.Kind.MENTION, task, by, now, comment)
    return people


def _talking_in(thread: Thread) -> QuerySet[User]:
    """Who has said something in the thread and may still read it."""
    talking = Comment.objects.filter(thread=thread, kind=Kind.SAID).values("author")
    return people_who_may(thread.project, Ability.READ_CODE).filter(pk__in=talking)


def _standing(example_id: int) -> QuerySet[Comment]:
    """The newest MOST comments with the last change of each, and the last mark of each thread."""
    rows = Comment.objects.filter(thread__example=example_id)
    said = rows.filter(kind=Kind.SAID).order_by("-id").values("pk")[:MOST]
    changes = rows.filter(kind__in=[Kind.EDITED, Kind.REMOVED]).order_by("of", "kind", "-id")
    marks = rows.filter(kind__in=[Kind.RESOLVED, Kind.REOPENED]).order_by("thread", "-id")
    wanted = (
        Q(pk__in=said)
        | Q(pk__in=changes.distinct("of", "kind").values("pk"))
        | Q(pk__in=marks.distinct("thread").values("pk"))
    )
    return rows.filter(wanted).select_related("author").order_by("id")


def _drafts(
    by: User, example_id: int, thread: Thread | None, place: Place
) -> QuerySet[CommentDraft]:
    return CommentDraft.objects.filter(
        author=by, example=example_id, thread=thread, side=place.side, line=place.line
    )


def _refuse_gone(comment: Comment) -> None:
    if Comment.objects.filter(of=comment, kind=Kind.REMOVED).exists():
        raise Gone


def _write_out(project: Project, talks: Iterable[Talk]) -> None:
    """Give each comment its HTML; only who may read here stands out as mentioned."""
    shown = [talk for talk in talks if talk.said]
    names = {name for talk in shown for said in talk.said for name in named_in(said.text)}
    readers = people_who_may(project, Ability.READ_CODE) if names else User.objects.none()
    known = frozenset(readers.filter(username__in=names).values_list("username", flat=True))
    for talk in shown:
        talk.said = [replace(said, html=remark(said.text, known)) for said in talk.said]


def _says_something(talk: Talk) -> bool:
    return any(not each.is_removed for each in talk.said)
