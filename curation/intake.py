"""From corrections to examples: every one, once, however late its transaction commits.

A correction's id is given out before its transaction commits, so a reader that only asks for
"ids after the last one I saw" loses those that commit out of order. We re-read from `settled`,
an id below which nothing can be on its way any more, and skip what is already here.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from curation.models import IntakeMark
from feedback.models import Correction

# Far longer than a transaction lasts (config.database ends an idle one after 60 s). What would
# outlive even this is found by `pull_everything`.
OVERLAP = timedelta(minutes=10)
BATCH = 5_000

PULL = """
INSERT INTO curation_example (
    project_id, correction_id, prompt_id, output_id, ideal_id, language, file_path, repository,
    session, developer, model_name, severity, occurred_at, state, probability
)
SELECT c.project_id, c.id, g.prompt_id, g.output_id, c.corrected_id,
       g.language, g.file_path, g.repository,
       coalesce(nullif(c.session, ''), g.session),
       coalesce(nullif(c.developer, ''), g.developer),
       g.model_name, c.severity, c.occurred_at, 'arrived', 0
  FROM feedback_correction c
  JOIN feedback_generation g ON g.id = c.generation_id
 WHERE c.id > %s
   AND NOT EXISTS (SELECT FROM curation_example e WHERE e.correction_id = c.id)
 ORDER BY c.id
 LIMIT %s
ON CONFLICT (correction_id) DO NOTHING
RETURNING correction_id
"""


def pull(now: datetime) -> int:
    """Make examples of all corrections that have none, in every project; return how many.

    Safe to run twice, at once, and to kill: each batch commits by itself.
    """
    pulled, after = 0, None
    while True:
        found = _pull_batch(now, after)
        pulled += len(found)
        if len(found) < BATCH:
            return pulled
        after = max(found)


def pull_everything(now: datetime) -> int:
    """`pull`, from the first correction ever: what no overlap can promise, run now and then."""
    IntakeMark.objects.update(settled=0)
    return pull(now)


@transaction.atomic
def _pull_batch(now: datetime, after: int | None) -> list[int]:
    mark = _hold_mark(now)
    settled, seen, seen_at = moved_on(mark, _newest(), now)
    with connection.cursor() as cursor:
        cursor.execute(PULL, [max(mark.settled, after or 0), BATCH])
        found = [row[0] for row in cursor.fetchall()]
    if len(found) < BATCH and (settled, seen) != (mark.settled, mark.seen):
        mark.settled, mark.seen, mark.seen_at = settled, seen, seen_at
        mark.save(update_fields=["settled", "seen", "seen_at"])
    return found


def moved_on(mark: IntakeMark, newest: int, now: datetime) -> tuple[int, int, datetime]:
    """The mark's next settled, seen and seen_at, if all that is visible has been pulled.

    An id up to `seen` was given out before `seen_at`; a transaction that held it and has not
    committed OVERLAP later never will.
    """
    if now - mark.seen_at < OVERLAP:
        return mark.settled, mark.seen, mark.seen_at
    return mark.seen, max(mark.seen, newest), now


def _hold_mark(now: datetime) -> IntakeMark:
    """The mark, locked: one puller at a time, the others wait for it and find nothing left."""
    IntakeMark.objects.bulk_create([IntakeMark(seen_at=now)], ignore_conflicts=True)
    return IntakeMark.objects.select_for_update().get()


def _newest() -> int:
    return Correction.objects.aggregate(newest=Max("id"))["newest"] or 0
