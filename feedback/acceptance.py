"""How much of what a model suggests is taken.

A generation was *shown* in a window if a reaction in it says so: shown, accepted, edited, copied
or rejected. It was *accepted* if one of accepted, edited, copied is among them; what happened to
the text later (survived, reverted) does not change that. Where nobody took or refused it and it
timed out, no person has judged it: it counts as neither.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from feedback.models import Generation, Reaction
from governance.models import Project
from lib.wilson import wilson

TAKEN = ("accepted", "edited", "copied")
TELLING = (*TAKEN, "shown", "rejected", "timed_out")

BY_MODEL = f"""
SELECT generation.model_name, count(*), count(*) FILTER (WHERE told.taken)
FROM (
    SELECT generation_id,
           bool_or(kind = ANY(%s)) AS taken,
           bool_or(kind = 'rejected') AS rejected,
           bool_or(kind = 'timed_out') AS timed_out
    FROM {Reaction._meta.db_table}
    WHERE project_id = %s AND occurred_at >= %s AND occurred_at < %s AND kind = ANY(%s)
    GROUP BY generation_id
) AS told
JOIN {Generation._meta.db_table} AS generation ON generation.id = told.generation_id
WHERE told.taken OR told.rejected OR NOT told.timed_out
GROUP BY generation.model_name
ORDER BY generation.model_name
"""  # noqa: S608  our own names


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One model's acceptance rate in a window, with its 95 % interval."""

    model_name: str
    shown: int
    accepted: int
    share: float
    low: float
    high: float


def by_model(project: Project, since: datetime, until: datetime) -> list[Acceptance]:
    """The acceptance rate of each model from `since` up to `until`, by name.

    The interval takes suggestions as independent; one developer's are not quite, so it is a
    little too narrow where few developers wrote much.
    """
    with connection.cursor() as cursor:
        cursor.execute(BY_MODEL, [list(TAKEN), project.pk, since, until, list(TELLING)])
        return [
            Acceptance(name, shown, accepted, accepted / shown, *wilson(accepted, shown))
            for name, shown, accepted in cursor.fetchall()
        ]
