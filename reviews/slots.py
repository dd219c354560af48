"""How many slots an example has: as many as the policy wants, opened, topped up and closed here."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Max, Q

from curation.models import Category, Example
from governance.models import Project
from lib.transitions import move
from reviews import ordering, routing
from reviews.models import ReviewPolicy, ReviewTask
from reviews.queue import MOVES

State = ReviewTask.State
Kind = ReviewTask.Kind

BATCH = 5_000  # labelled examples in one statement

# How many people the policy wants for an example `e`. The second opinion is a sample of the
# examples drawn by a hash of the id: the same whenever and wherever it is asked.
WANTED = r"""
GREATEST(
    coalesce(p.overlap, 1) + CASE WHEN
        ('x' || left(md5('second' || e.id), 7))::bit(28)::int %% 1000 < coalesce(p.second_share, 0)
        THEN 1 ELSE 0 END,
    (SELECT max(r.reviewers) FROM reviews_reviewrule r
      WHERE r.project_id = e.project_id
        AND (r.path = '' OR e.file_path LIKE replace(
             replace(replace(replace(r.path, '\', '\\'), '%%', '\%%'), '_', '\_'), '*', '%%'))
        AND (r.category_id IS NULL OR r.category_id IN (
             WITH RECURSIVE up AS (
                 SELECT c.id, c.parent_id FROM curation_category c WHERE c.id = e.category_id
                 UNION
                 SELECT c.id, c.parent_id FROM curation_category c JOIN up ON c.id = up.parent_id
             ) SELECT id FROM up)))
)
"""

# Whose correction it is. Names are unique; an address may be shared, so the first account counts.
AUTHOR = """
LEFT JOIN governance_user named ON named.username = e.developer
LEFT JOIN (SELECT min(id) AS id, email FROM governance_user WHERE email <> '' GROUP BY email)
       AS written ON written.email = e.developer
"""

OPEN_SLOTS = f"""
INSERT INTO reviews_reviewtask
    (project_id, example_id, slot, kind, state, opened_at, is_escalated, lease_epoch, author_id,
     urgency, doubt, cluster_size, weakness, novelty, is_random,
     assigned_to_id, assigned_team_id, assigned_until,
     category_id, severity, language, repository, model_name, file_path, developer)
SELECT e.project_id, e.id, due.after + nth, %(kind)s, %(state)s, %(now)s,
       %(state)s = 'escalated', 0, coalesce(named.id, written.id),
       {ordering.URGENCY.format(at="%(now)s::timestamptz")},
       part.doubt, part.cluster_size, part.weakness, part.novelty, part.is_random,
       route.person_id, route.team_id,
       %(now)s::timestamptz + make_interval(hours => coalesce(route.hours, 0)),
       e.category_id, e.severity, e.language, e.repository, e.model_name, e.file_path, e.developer
  FROM ({{due}}) AS due
  JOIN curation_example e ON e.id = due.id
  LEFT JOIN reviews_reviewpolicy p ON p.project_id = e.project_id
  {AUTHOR} {ordering.AROUND} CROSS JOIN {ordering.PARTS} {routing.ROUTE}
  CROSS JOIN LATERAL generate_series(1, due.missing) AS nth
 ORDER BY e.id, nth
ON CONFLICT DO NOTHING
"""  # noqa: S608  constants of this module

# Labelled examples without a slot
NEW = f"""
SELECT e.id, 0 AS after, {WANTED} AS missing
  FROM curation_example e LEFT JOIN reviews_reviewpolicy p ON p.project_id = e.project_id
 WHERE e.state = 'labelled' AND e.id > %(after)s AND e.id <= %(upto)s
   AND NOT EXISTS (SELECT FROM reviews_reviewtask WHERE example_id = e.id)
"""  # noqa: S608  constants of this module

# Undecided examples that have fewer slots than are wanted now
SHORT = f"""
SELECT * FROM (
    SELECT e.id, max(t.slot) AS after,
           {WANTED} - count(*) FILTER (WHERE t.kind = 'plain' AND t.state <> 'closed') AS missing
      FROM curation_example e LEFT JOIN reviews_reviewpolicy p ON p.project_id = e.project_id
      JOIN reviews_reviewtask t ON t.example_id = e.id
     WHERE e.state = 'labelled' AND e.id = ANY(%(examples)s)
     GROUP BY e.id, p.overlap, p.second_share
) AS counted WHERE missing > 0
"""  # noqa: S608  constants of this module

# Free slots beyond what is wanted now; those somebody holds or has decided are never taken away
PLACED = f"""
SELECT t.id, t.example_id, t.state, row_number() OVER (
           PARTITION BY t.example_id ORDER BY t.state = 'open', t.slot) AS place,
       {WANTED} AS wanted
  FROM reviews_reviewtask t
  JOIN curation_example e ON e.id = t.example_id
  LEFT JOIN reviews_reviewpolicy p ON p.project_id = e.project_id
 WHERE t.kind = 'plain' AND t.state <> 'closed' AND e.state = 'labelled'
   AND e.id = ANY(%(examples)s)
"""  # noqa: S608  constants of this module

# A slot that somebody is taking at this moment is as good as held: waiting for it could go round
SURPLUS = f"""
UPDATE reviews_reviewtask AS task SET state = 'closed'
  FROM (
    SELECT t.id
      FROM ({PLACED}) AS placed JOIN reviews_reviewtask t ON t.id = placed.id
     WHERE t.state = 'open' AND placed.place > placed.wanted
       FOR NO KEY UPDATE OF t SKIP LOCKED
  ) AS free
 WHERE task.id = free.id AND task.state = 'open'
"""  # noqa: S608  constants of this module

# The examples that a policy changes, locked: a verdict decides under the same lock
LOCKED = f"""
SELECT e.id FROM curation_example e
 WHERE e.state = 'labelled' AND e.id = ANY(%(examples)s)
   AND (e.id IN (SELECT id FROM ({SHORT}) AS short)
        OR e.id IN (SELECT example_id FROM ({PLACED}) AS placed
                     WHERE state = 'open' AND place > wanted))
 ORDER BY e.id FOR NO KEY UPDATE OF e
"""  # noqa: S608  constants of this module


def open_tasks(now: datetime) -> int:
    """Open the slots of labelled examples that have none; the number opened.

    One INSERT … SELECT for each BATCH of them, each read once; safe to run twice at once. The
    less certain the label, the sooner a person sees it.
    """
    opened, after = 0, 0
    while batch := _labelled(after):
        opened += _open(NEW, now, after=after, upto=batch[-1])
        after = batch[-1]
    return opened


def wanted(example: Example, category: Category | None = None) -> int:
    """How many people should review the example, were it of this category."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {WANTED}
              FROM (SELECT id, project_id, file_path, coalesce(%s, category_id) AS category_id
                      FROM curation_example WHERE id = %s) AS e
              LEFT JOIN reviews_reviewpolicy p ON p.project_id = e.project_id
            """,  # noqa: S608  constants of this module
            [category.pk if category else None, example.pk],
        )
        return int(cursor.fetchone()[0])


def add(example: Example, kind: str, now: datetime) -> None:
    """One more slot; the caller holds the example's lock. Adjudication waits for a curator."""
    last = ReviewTask.objects.filter(example=example).aggregate(last=Max("slot"))["last"] or 0
    due = f"SELECT {int(example.pk)} AS id, {int(last)} AS after, 1 AS missing"  # noqa: S608  numbers
    state = State.ESCALATED if kind == Kind.ADJUDICATION else State.OPEN
    _open(due, now, kind=kind, state=state)


def close_surplus(example: Example) -> int:
    """Close the free slots nobody wants any more; the number closed."""
    return _close([example.pk])


def due_policies() -> Iterable[ReviewPolicy]:
    """Policies that the open slots do not follow yet."""
    return ReviewPolicy.objects.filter(Q(applied_at=None) | Q(applied_at__lt=F("changed_at")))


def follow(policy: ReviewPolicy, now: datetime) -> None:
    """Open the slots that are missing under the policy and close the free ones too many.

    A batch of examples in a transaction; killed in between, the policy stays due.
    """
    after = 0
    while batch := _labelled(after, policy.project_id):
        _follow(batch, now)
        after = batch[-1]
    ordering.rank(policy.project)
    ReviewPolicy.objects.filter(pk=policy.pk, changed_at=policy.changed_at).update(applied_at=now)


@transaction.atomic
def _follow(examples: list[int], now: datetime) -> None:
    changed = _locked(examples)
    if changed:
        _open(SHORT, now, examples=changed)
        _close(changed)


def _locked(examples: list[int]) -> list[int]:
    """Those of the examples whose slots are too few or too many, so that none is decided now.

    Counted before the lock and again after it: a verdict in between may have changed the number.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCKED, {"examples": examples})
        return [pk for (pk,) in cursor.fetchall()]


def close(tasks: Iterable[ReviewTask]) -> None:
    """Close free slots that are not needed any more. Raises MoveRefused for one that is held."""
    for task in tasks:
        move(task, State.CLOSED, MOVES)


def policy_of(project: Project) -> ReviewPolicy:
    """The project's policy; the defaults, unsaved, where it has none."""
    found = ReviewPolicy.objects.filter(project=project).first()
    return found or ReviewPolicy(project=project)


def _labelled(after: int, project: int | None = None) -> list[int]:
    """The next BATCH of labelled examples, by number."""
    rows = Example.objects.filter(state=Example.State.LABELLED, pk__gt=after).order_by("pk")
    mine = rows if project is None else rows.filter(project=project)
    return list(mine.values_list("pk", flat=True)[:BATCH])


def _open(due: str, now: datetime, **values: str | int | list[int]) -> int:
    given = {"kind": Kind.PLAIN, "state": State.OPEN, "now": now, **values}
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SLOTS.format(due=due), given)
        return int(cursor.rowcount)


def _close(examples: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(SURPLUS, {"examples": examples})
        return int(cursor.rowcount)
