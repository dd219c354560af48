"""How much of what models suggest is taken, and how much of what was taken stays.

A generation was *shown* in a window if a reaction in it says so: shown, accepted, edited, copied
or rejected. It was *accepted* if one of accepted, edited, copied is among them; what happened to
the text later (survived, reverted) does not change that. Where nobody took or refused it and it
timed out, no person has judged it: it counts as neither.

It *survived* as far as the last look in the window found its text: the share that was left, from
0 to 1; nothing where it was taken out again. Generations that were never looked at do not count,
also not those that were taken out: where a project follows a share of its suggestions only
(`feedback.sampling`), of the others nobody would know what stayed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from feedback.models import Generation, Reaction
from governance.models import IngestKey, Project
from lib.wilson import wilson

TAKEN = ("accepted", "edited", "copied")
TELLING = (*TAKEN, "shown", "rejected", "timed_out")
LOOKED = ("survived", "reverted")
WEEK = timedelta(weeks=1)


class By(StrEnum):
    """What generations are told apart by; a week has its number, counted from `since`."""

    MODEL = "model"
    LANGUAGE = "language"
    CLIENT = "client"
    REPOSITORY = "repository"
    WEEK = "week"


# One row a generation: how many of it are kept, of how many
ACCEPTED = """
    SELECT generation_id, first_at, taken::int AS kept
    FROM (
        SELECT generation_id,
               min(occurred_at) AS first_at,
               bool_or(kind = ANY(%s)) AS taken,
               bool_or(kind = 'rejected') AS rejected,
               bool_or(kind = 'timed_out') AS timed_out
        FROM {reaction}
        WHERE project_id = %s AND occurred_at >= %s AND occurred_at < %s AND kind = ANY(%s)
        GROUP BY generation_id
    ) AS said
    WHERE taken OR rejected OR NOT timed_out
"""
SURVIVED = """
    SELECT generation_id, first_at, CASE WHEN reverted THEN 0 ELSE looks[1] END AS kept
    FROM (
        SELECT generation_id,
               min(occurred_at) AS first_at,
               array_agg(value ORDER BY occurred_at DESC, id DESC)
                   FILTER (WHERE kind = 'survived' AND value IS NOT NULL) AS looks,
               bool_or(kind = 'reverted') AS reverted
        FROM {reaction}
        WHERE project_id = %s AND occurred_at >= %s AND occurred_at < %s AND kind = ANY(%s)
        GROUP BY generation_id
    ) AS said
    WHERE looks IS NOT NULL
"""
APART = """
SELECT part.by, part.name, count(*), sum(told.kept)
FROM ({told}) AS told
JOIN {generation} AS generation ON generation.id = told.generation_id
JOIN {key} AS key ON key.id = generation.key_id
CROSS JOIN LATERAL (VALUES
    ('model', generation.model_name),
    ('language', generation.language),
    ('client', key.name),
    ('repository', generation.repository),
    ('week', floor(extract(epoch FROM told.first_at - %s) / %s)::text)
) AS part(by, name)
WHERE part.by = ANY(%s) AND {among}
GROUP BY part.by, part.name
ORDER BY part.by, part.name
"""
NAMES = {
    "generation": Generation._meta.db_table,
    "key": IngestKey._meta.db_table,
    "reaction": Reaction._meta.db_table,
}


@dataclass(frozen=True, slots=True)
class Share:
    """The share that was kept of what was seen of one name, with its 95 % interval.

    The interval takes generations as independent; one developer's are not quite, so it is a
    little too narrow where few developers wrote much. Of survival, where each generation adds a
    share of its own, it is a little too wide: none spreads more than yes and no do.
    """

    name: str
    seen: int
    kept: float
    share: float
    low: float
    high: float


def share_of(name: str, seen: int, kept: float) -> Share:
    """With its interval; `seen` is not 0."""
    return Share(name, seen, kept, kept / seen, *wilson(kept, seen))


type Shares = dict[By, list[Share]]


def by_model(project: Project, since: datetime, until: datetime) -> list[Share]:
    """The acceptance rate of each model from `since` up to `until`, by name."""
    return accepted(project, (By.MODEL,), since, until)[By.MODEL]


def accepted(
    project: Project,
    by: Collection[By],
    since: datetime,
    until: datetime,
    among: QuerySet[Generation] | None = None,
) -> Shares:
    """Acceptance rates from `since` up to `until`, of the generations of a queryset or of all."""
    told = [list(TAKEN), project.pk, since, until, list(TELLING)]
    return _apart(ACCEPTED, told, by, since, among)


def survived(
    project: Project,
    by: Collection[By],
    since: datetime,
    until: datetime,
    among: QuerySet[Generation] | None = None,
) -> Shares:
    """Shares of text left at the last look from `since` up to `until`, likewise."""
    return _apart(SURVIVED, [project.pk, since, until, list(LOOKED)], by, since, among)


def _apart(
    told: str,
    told_values: Sequence[Any],
    by: Collection[By],
    since: datetime,
    among: QuerySet[Generation] | None,
) -> Shares:
    only, only_values = _only(among)
    text = APART.format(told=told.format(**NAMES), among=only, **NAMES)
    values = [*told_values, since, WEEK.total_seconds(), list(by), *only_values]
    found: Shares = {each: [] for each in by}
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        for kind, name, seen, kept in cursor.fetchall():
            found[By(kind)].append(share_of(name, seen, float(kept)))
    return found


def _only(among: QuerySet[Generation] | None) -> tuple[str, Sequence[Any]]:
    """A condition, and its values."""
    if among is None:
        return "TRUE", ()
    text, values = among.order_by().values("pk").query.sql_with_params()
    return f"generation.id IN ({text})", values
