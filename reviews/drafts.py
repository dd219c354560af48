"""Drafts: what somebody typed for a slot, kept until they decide it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction

from governance.models import User
from reviews.models import Draft, ReviewTask, Verdict

FIELDS = ("category", "severity", "reason", "then", "tags", "note", "code")
LONGEST = 1_000_000  # characters of one field
KEPT_FOR = timedelta(days=30)
MOST = 200  # drafts of one person, and how much they may take as they are stored
MOST_BYTES = 16 * 1024 * 1024
# The oldest go first, but never the one that is being written
DROP = """
DELETE FROM reviews_draft WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER newest AS place, sum(pg_column_size(said)) OVER newest AS bytes
          FROM reviews_draft WHERE person_id = %s WINDOW newest AS (ORDER BY at DESC, id DESC)
    ) AS counted WHERE place > 1 AND (place > %s OR bytes > %s))
"""


class Decided(Exception):
    """The person has decided under this hold: a draft that comes late is not kept."""


@transaction.atomic
def keep(
    task: ReviewTask, person: User, said: Mapping[str, str], epoch: int | None, now: datetime
) -> None:
    """Keep what was typed in place of what was kept before; nothing typed keeps nothing.

    A lost hold is no reason to lose words. Of many, or of long ones, the newest are kept. Raises
    Decided.
    """
    # The slot's lock orders this after a verdict that is being given at the same moment.
    ReviewTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    given = Verdict.objects.filter(task=task, reviewer=person, undone_by__isnull=True)
    if epoch is not None and given.filter(lease_epoch=epoch).exclude(kind="undo").exists():
        raise Decided
    typed = {name: said[name][:LONGEST] for name in FIELDS if said.get(name)}
    if not typed:
        forget(task, person)
        return
    Draft.objects.update_or_create(task=task, person=person, defaults={"said": typed, "at": now})
    with connection.cursor() as cursor:
        cursor.execute(DROP, [person.pk, MOST, MOST_BYTES])


def kept(task: ReviewTask, person: User) -> dict[str, str]:
    """What the person typed for the slot and has not decided."""
    draft = Draft.objects.filter(task=task, person=person).first()
    said = draft.said if draft and isinstance(draft.said, dict) else {}
    return {name: str(said[name]) for name in FIELDS if said.get(name)}


def forget(task: ReviewTask, person: User) -> None:
    """The person has decided, or taken back every word."""
    Draft.objects.filter(task=task, person=person).delete()


def drop_old(now: datetime) -> int:
    """Drop what nobody came back to; the number dropped."""
    return Draft.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
