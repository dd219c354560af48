"""Known answers: a curator says what is right about a decided example, and why."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from curation.models import Category, Example
from governance.ledger import record
from governance.models import Project, User
from reviews.models import GoldItem

DECIDED = (Example.State.ACCEPTED, Example.State.REJECTED)


class NotDecided(Exception):
    """The example still waits for a decision; a known answer would give it away."""


class NotGold(Exception):
    """The example has no known answer."""


class Unchanged(Exception):
    """The example has this very answer, for this reason."""


@transaction.atomic
def mark(
    example: Example, answer: str, category: Category | None, why: str, by: User, now: datetime
) -> GoldItem:
    """Say what is right about the example. Raises NotDecided or Unchanged.

    It is served to reviewers who have not met the example; what they decide changes nothing.
    """
    stored = Example.objects.select_for_update().get(pk=example.pk)
    if stored.state not in DECIDED:
        raise NotDecided
    kept = category if answer == GoldItem.Answer.ACCEPT else None
    last = of(stored)
    if last and (last.answer, last.category_id, last.why) == (answer, kept and kept.pk, why):
        raise Unchanged
    record(
        *(stored.project, by, "gold item marked", str(stored), now),
        answer=answer,
        category=kept.slug if kept else None,
    )
    return _append(stored, answer, kept, why, by, now)


@transaction.atomic
def withdraw(example: Example, why: str, by: User, now: datetime) -> GoldItem:
    """Serve the example to nobody as gold any more; what was compared stays. Raises NotGold."""
    stored = Example.objects.select_for_update().get(pk=example.pk)
    if of(stored) is None:
        raise NotGold
    record(stored.project, by, "gold item withdrawn", str(stored), now)
    return _append(stored, GoldItem.Answer.WITHDRAWN, None, why, by, now)


def of(example: Example) -> GoldItem | None:
    """The known answer to the example that holds now."""
    last = GoldItem.objects.filter(example=example).order_by("-id").first()
    return None if last is None or last.answer == GoldItem.Answer.WITHDRAWN else last


def in_force(project: Project) -> QuerySet[GoldItem]:
    """The known answers that hold now, one for each example, the newest first."""
    newer = GoldItem.objects.filter(example=OuterRef("example"), pk__gt=OuterRef("pk"))
    held = GoldItem.objects.filter(project=project).exclude(answer=GoldItem.Answer.WITHDRAWN)
    return held.filter(~Exists(newer)).order_by("-id")


def _append(
    example: Example, answer: str, category: Category | None, why: str, by: User, now: datetime
) -> GoldItem:
    return GoldItem.objects.create(
        project=example.project,
        example=example,
        answer=answer,
        category=category,
        why=why,
        set_by=by,
        at=now,
    )
