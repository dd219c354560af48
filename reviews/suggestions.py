"""The suggested category of many slots, set at once by a curator, with one undo."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from curation.models import Category
from curation.suggesting import named_by_curators, suggest
from governance.ledger import record
from governance.models import Project, User
from reviews import rows
from reviews.filters import Filters, narrow
from reviews.models import CategoryChange, CategoryChangeItem
from reviews.showing import show

MOST = 5_000  # examples of one change


class NothingToSet(Exception):
    """Nothing that waits and passes the filter has another category."""


class AlreadyUndone(Exception):
    """The change was undone before."""


@transaction.atomic
def set_category(
    project: Project, by: User, filters: Filters, category: Category, now: datetime
) -> CategoryChange:
    """Suggest the category for all that wait and pass the filters; nothing is decided.

    Raises NothingToSet.
    """
    waiting = narrow(rows.waiting(project), filters, project, by).exclude(category=category)
    examples = sorted(set(waiting.values_list("example_id", flat=True)[:MOST]))
    before = named_by_curators(examples)
    why = f"{by.username} set it for many at once."
    held = suggest(project, dict.fromkeys(examples, category), why, now)
    if not held:
        raise NothingToSet
    change = CategoryChange.objects.create(
        project=project, by=by, filters=filters.query(), category=category, at=now
    )
    CategoryChangeItem.objects.bulk_create(
        CategoryChangeItem(change=change, example_id=pk, before_id=before.get(pk)) for pk in held
    )
    show(held)
    record(project, by, "category set for many", str(category), now, examples=len(held))
    return change


@transaction.atomic
def undo(change: CategoryChange, by: User, now: datetime) -> int:
    """Take the word back where nobody has decided or a later change said otherwise; how many.

    Raises AlreadyUndone.
    """
    stored = CategoryChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if stored.undone_at is not None:
        raise AlreadyUndone
    later = CategoryChangeItem.objects.filter(
        example=OuterRef("example"), change__gt=stored.pk, change__undone_at=None
    )
    items = stored.items.filter(~Exists(later)).select_related("before")
    wanted = {item.example_id: item.before for item in items}
    held = suggest(stored.project, wanted, f"{by.username} took it back.", now)
    show(held)
    stored.undone_at = now
    stored.save(update_fields=["undone_at"])
    record(stored.project, by, "category for many undone", str(stored.category), now)
    return len(held)
