"""What nearly every claim does, in one statement: one plan, one commit.

The statement renews what the reviewer holds. Where they hold nothing it leases the first slot they
have not put off; where the dice say that they are to be measured it does nothing, and whoever asked
goes on in `reviews.queue`.

It is planned once, whatever is held later, so it leaves PostgreSQL one way to go: the conditions
are such that no index of everything held answers them, which is short when the plan is made.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from curation.models import Cluster, ClusterMember
from governance.models import Project, User
from lib.statements import EachExists, Statement, Written
from reviews import leasing, likeness, probes, rows
from reviews.models import ReviewTask


@dataclass(frozen=True)
class Claimed:
    """The slot, and where it is newly leased and has near-duplicates, the example to prefer."""

    task: ReviewTask
    exemplar: int | None


def claim(
    project: Project, reviewer: User, now: datetime, span: timedelta, thrown: int
) -> Claimed | None:
    """Renew what the reviewer holds first, or lease what comes next; None: ask further.

    `thrown` (`probes.throw`) says whether to measure them (`reviews.probes`).
    """
    found = _CLAIM.fetch(
        project=project,
        reviewer=reviewer,
        now=now,
        until=now + span,
        thrown=thrown,
        **rows.names_of(reviewer),
    )
    if not found:
        return None
    *columns, exemplar = found[0]
    task = leasing.whole(columns)
    task.leased_to = reviewer
    return Claimed(task, exemplar)


def _write(
    project: Project,
    reviewer: User,
    now: datetime,
    until: datetime,
    thrown: int,
    username: str,
    email: str,
) -> Written:
    reviewer.username, reviewer.email = username, email
    table = ReviewTask._meta.db_table
    hand, about = probes.hand(project, reviewer)
    lease, leased = leasing.written(_next(project, reviewer), reviewer, now, until, 1)
    text = f"""
        WITH held AS (
            SELECT id FROM {table} WHERE leased_to_id = %s AND project_id = %s AND leased_until > %s
             ORDER BY leased_at, urgency DESC, id LIMIT 1),
        renewed AS (
            UPDATE {table} AS task
               SET leased_until = greatest(task.leased_until, %s)
              FROM held
             WHERE task.id = held.id AND task.leased_to_id IS NOT DISTINCT FROM %s
                   AND task.leased_until > %s
            RETURNING {leasing.COLUMNS}),
        hand (gold_share, again_share, waits) AS ({hand}),
        plainly AS (
            SELECT FROM hand
             WHERE %s = {probes.SPARED} OR (gold_share + again_share <= %s AND NOT waits)),
        leased AS ({lease})
        SELECT {leasing.COLUMNS}, NULL::bigint FROM renewed AS task
         UNION ALL
        SELECT {leasing.COLUMNS},
               (SELECT exemplar_id
                  FROM {Cluster._meta.db_table} AS cluster
                  JOIN {ClusterMember._meta.db_table} AS member ON member.cluster_id = cluster.id
                 WHERE member.example_id = task.example_id)
          FROM leased AS task
        """  # noqa: S608  our own names and Django's own text; every value is a parameter
    renewing = [reviewer.pk, project.pk, now, until, reviewer.pk, now]
    return text, [*renewing, *about, thrown, thrown, *leased]


def _next(project: Project, reviewer: User) -> QuerySet[ReviewTask]:
    """What is free for the reviewer and like nothing held, inside the statement above."""
    free = rows.free_for(project, reviewer).filter(~EachExists(rows.put_off_by(reviewer)))
    due = "NOT EXISTS (SELECT FROM held) AND EXISTS (SELECT FROM plainly)"
    usual = RawSQL(due, [], output_field=BooleanField())  # noqa: S611  our own text, no value in it
    return likeness.apart(free).filter(usual)


_CLAIM = Statement(
    _write,
    project=Project,
    reviewer=User,
    now=datetime,
    until=datetime,
    thrown=int,
    username=str,
    email=str,
)
