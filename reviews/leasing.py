"""The one statement that takes a lease."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet

from governance.models import Project, User
from lib.statements import Statement, Written
from reviews import likeness, rows
from reviews.models import ReviewTask


def lease(
    among: QuerySet[ReviewTask], reviewer: User, now: datetime, count: int, span: timedelta
) -> list[ReviewTask]:
    """Lease the first `count` of `among` that no one else is taking."""
    return taken(written(among, reviewer, now, now + span, count), reviewer)


def lease_next(
    project: Project, reviewer: User, now: datetime, count: int, span: timedelta
) -> list[ReviewTask]:
    """The same of all that is free for the reviewer and like nothing held: what most claims ask."""
    when = {"now": now, "until": now + span}
    found = _next(count).fetch(
        project=project, reviewer=reviewer, **rows.names_of(reviewer), **when
    )
    return in_order([whole(row) for row in found], reviewer)


def whole(row: Sequence[Any]) -> ReviewTask:
    """The slot whose COLUMNS these are."""
    return ReviewTask.from_db(DEFAULT_DB_ALIAS, _NAMES, row)


@cache
def _next(count: int) -> Statement:
    def write(reviewer: User, username: str, email: str, project: Project, **when: Any) -> Written:
        reviewer.username, reviewer.email = username, email
        free = likeness.apart(rows.free_for(project, reviewer))
        return written(free, reviewer, when["now"], when["until"], count)

    when = {"now": datetime, "until": datetime}
    return Statement(write, reviewer=User, username=str, email=str, project=Project, **when)


def written(
    among: QuerySet[ReviewTask], reviewer: User, now: datetime, until: datetime, count: int
) -> Written:
    """The statement.

    SKIP LOCKED: two reviewers never wait for each other. PostgreSQL tests the conditions again
    on the row it locked, so a row that was taken meanwhile is passed over. MATERIALIZED: asked a
    second time, as a join may do, the rows would be others.
    """
    with transaction.atomic(savepoint=False):  # Django writes no lock outside of one
        # No key is changed: a row that names this one may be written meanwhile
        locked = among.select_for_update(skip_locked=True, no_key=True).values("id")[:count]
        picked, params = locked.query.sql_with_params()
    text = f"""
        WITH picked AS MATERIALIZED ({picked})
        UPDATE reviews_reviewtask AS task
           SET state = %s, leased_to_id = %s, leased_at = %s, leased_until = %s,
               lease_token = gen_random_uuid(), lease_epoch = task.lease_epoch + 1
          FROM picked
         WHERE task.id = picked.id
        RETURNING {COLUMNS}
        """  # noqa: S608  the text is Django's own; every value is a parameter
    return text, [*params, ReviewTask.State.LEASED, reviewer.pk, now, until]


def taken(written: Written, reviewer: User) -> list[ReviewTask]:
    """Run the statement; the slots it leased, the most urgent first."""
    return in_order(list(ReviewTask.objects.raw(*written)), reviewer)


def in_order(tasks: list[ReviewTask], reviewer: User) -> list[ReviewTask]:
    """What the reviewer just got, the most urgent first."""
    for task in tasks:
        task.leased_to = reviewer
    return sorted(tasks, key=lambda task: (-task.urgency, task.pk))


def _columns() -> tuple[list[str], str]:
    fields = ReviewTask._meta.concrete_fields
    return [each.attname for each in fields], ", ".join(f'task."{each.column}"' for each in fields)


# By name: what is planned already must not change with a column that is added
_NAMES, COLUMNS = _columns()
