"""The review workspace: one item with its evidence, its hold, and what was just decided."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from curation import categories
from feedback.models import Severity
from governance.access import Ability
from governance.models import Project, User
from reviews import batches, comments, drafts, queue
from reviews.blindness import QUALITY, may_see_verdicts
from reviews.clusters import kin_of
from reviews.evidence import evidence_of
from reviews.filters import Filters, from_query
from reviews.hindsight import Hindsight, hindsight
from reviews.lists import Lists, ahead
from reviews.matrix import matrix_of
from reviews.models import Batch, ReviewTask, Verdict
from reviews.ordering import parts_of, value_of
from reviews.reading import Reading
from reviews.reasons import why_here
from reviews.routing import targets
from reviews.slots import policy_of

State = ReviewTask.State
Kind = Verdict.Kind

DONE = 10  # decisions kept in sight
DONE_FOR = timedelta(hours=12)


def task_context(
    project: Project,
    person: User,
    task: ReviewTask,
    lists: Lists,
    reading: Reading,
    now: datetime,
) -> dict[str, Any]:
    """The item with all its evidence, and the list beside it."""
    filters = from_query(lists)
    is_mine = task.state == State.LEASED and task.leased_to_id == person.pk
    tree = categories.listed(project)
    reveals = may_see_verdicts(task, person, _abilities(project))
    talks = comments.said_about(task, person)
    on_lines = comments.on_lines(talks)
    item = evidence_of(task, person, reading, reveals=reveals, threads=on_lines)
    parts = parts_of(task, policy_of(project), now)
    return {
        "project": project,
        "place": "review",
        "task": task,
        "item": item,
        "tests": matrix_of(item.example, now, item.verdicts),
        "is_blind": not reveals,
        "talks": [talk for talk in talks if talk.pk],
        "own_draft": comments.draft_on_the_whole(talks),
        "why": why_here(task),
        "parts": parts,
        "value": value_of(parts),
        "targets": targets(project) if may_curate(project) else [],
        "lease": queue.lease_of(task) if is_mine else None,
        "seconds_left": seconds_left(task, now),
        "lease_seconds": int(queue.LEASE.total_seconds()),
        "kept": json.dumps(drafts.kept(task, person)) if is_mine else "",
        "categories": tree,
        "severities": Severity.choices,
        "reasons": Verdict.Reason.choices,
        "ahead": ahead(project, person, filters, tree, task) if may_review(project) else [],
        "decided": decided_lately(project, person, now),
        "done": done_just_now(project, person, lists),
        "batch": batch_just_now(project, person, lists),
        "kin": kin_of(task),
        "learnt": learnt_just_now(project, person, lists),
        "may_take": may_take(task, person, project),
        "may_review": may_review(project),
        "filters": filters,
        "chips": filters.chips(),
        "reading": reading,
    }


def beside(
    project: Project, person: User, task: ReviewTask, lists: Lists, now: datetime
) -> dict[str, Any]:
    """The list beside an item, without the item."""
    filters = from_query(lists)
    is_mine = task.state == State.LEASED and task.leased_to_id == person.pk
    tree = categories.listed(project)
    return {
        "project": project,
        "task": task,
        "why": why_here(task),
        "lease": queue.lease_of(task) if is_mine else None,
        "ahead": ahead(project, person, filters, tree, task) if may_review(project) else [],
        "decided": decided_lately(project, person, now),
        "filters": filters,
        "chips": filters.chips(),
    }


def decided_lately(project: Project, person: User, now: datetime) -> QuerySet[Verdict]:
    """The person's last verdicts that can still be undone."""
    return _undoable(project, person).filter(at__gte=now - DONE_FOR)[:DONE]


def take(task: ReviewTask, person: User, project: Project, now: datetime) -> ReviewTask:
    """Claim a named slot. Raises NotFree (also for escalated ones, of who is no curator)."""
    return queue.claim_task(task, person, now, curates=Ability.CURATE in _abilities(project))


def may_take(task: ReviewTask, person: User, project: Project) -> bool:
    """Whether to offer the slot to the person; `take` decides."""
    wanted = Ability.CURATE if task.is_escalated else Ability.REVIEW
    free = task.state in (State.OPEN, State.ESCALATED)
    return free and wanted in _abilities(project) and task.developer not in person.names


def may_review(project: Project) -> bool:
    """Whether whoever this project was fetched for may claim and decide."""
    return Ability.REVIEW in _abilities(project)


def may_curate(project: Project) -> bool:
    """Whether whoever this project was fetched for may arrange the queue."""
    return Ability.CURATE in _abilities(project)


def why_not(task: ReviewTask, person: User) -> str:
    """Why the person did not get the slot."""
    if task.developer in person.names:
        return gettext("This is a correction of your own; somebody else has to review it.")
    if task.is_escalated:
        return gettext("This item was escalated. Only curators decide it.")
    return gettext("Somebody else was faster. You can read the item, or take the next one.")


def query(filters: Filters, done: Verdict | None = None) -> str:
    """The filters, and the verdict to offer undoing, as they stand in an address."""
    said = urlencode({"done": done.pk}) if done else ""
    return "&".join(part for part in (filters.query(), said) if part)


def done_just_now(project: Project, person: User, lists: Lists) -> Verdict | None:
    """The verdict that the address says was just given, while it can be undone."""
    number = number_of(_first(lists, "done"))
    return _undoable(project, person).filter(pk=number).first() if number is not None else None


def learnt_just_now(project: Project, person: User, lists: Lists) -> Hindsight | None:
    """What the verdict of the address was compared with, if its slot only measured."""
    return hindsight(project, person, number_of(_first(lists, "done")))


def batch_just_now(project: Project, person: User, lists: Lists) -> Batch | None:
    """The batch that the address says was just decided, while it can be undone."""
    number = number_of(_first(lists, "batch"))
    return batches.done_just_now(project, person, number) if number is not None else None


def number_of(text: str) -> int | None:
    """The whole number that an address or a form names, if PostgreSQL could hold it."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def seconds_left(task: ReviewTask, now: datetime) -> int:
    """Of the lease; 0 where there is none."""
    if task.leased_until is None:
        return 0
    return max(int((task.leased_until - now).total_seconds()), 0)


def with_line_ends_of(text: str, code: str) -> str:
    """`code`, whose lines a browser ended with \\n, with CRLF where every line of `text` has it."""
    if "\r\n" in text and text.count("\r\n") == text.count("\n"):
        return code.replace("\n", "\r\n")
    return code


def _undoable(project: Project, person: User) -> QuerySet[Verdict]:
    """The person's verdicts that nothing has followed, the last first."""
    mine = Verdict.objects.filter(
        reviewer=person,
        task__project=project,
        task__lease_epoch=F("lease_epoch"),
        undone_by__isnull=True,
    )
    shown = mine.exclude(~Q(kind__in=Verdict.PUT_OFF), task__kind__in=QUALITY).exclude(
        kind=Kind.UNDO
    )
    return shown.select_related("task", "category").order_by("-id")


def _abilities(project: Project) -> frozenset[Ability]:
    """What `project_for` found the person may do."""
    found: frozenset[Ability] = getattr(project, "abilities", frozenset())
    return found


def _first(lists: Lists, name: str) -> str:
    return next(iter(lists.get(name, ())), "")
