"""The texts that guide reviewers: written version by version, flagged where they are silent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from curation import categories
from curation.models import Category, Example
from governance.ledger import record
from governance.models import Project, User
from lib.canonical import sha256_hex
from reviews import webhooks
from reviews.models import Guideline, GuidelineFlag

FLAGS = 20  # shown of one text
DEEPEST = 20  # categories above one; a tree, whatever the rows say


class Overtaken(Exception):
    """Somebody wrote another version since this one was begun."""


class Unchanged(Exception):
    """The new version says what the last one says."""


@dataclass(frozen=True)
class Chapter:
    """One text of a project: the version in force, and what reviewers found missing since."""

    category: Category | None
    in_force: Guideline | None
    flags: list[GuidelineFlag] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Of the category, or of the text for everything."""
        return self.category.title if self.category else gettext("Everything")

    @property
    def number(self) -> int:
        """Of the version in force; 0 before the first."""
        return self.in_force.number if self.in_force else 0


def write(
    project: Project,
    category: Category | None,
    text: str,
    why: str,
    by: User,
    now: datetime,
    *,
    after: int,
) -> Guideline:
    """Append the version that follows number `after`. Raises Overtaken or Unchanged."""
    last = history(project, category).first()
    if (last.number if last else 0) != after:
        raise Overtaken
    if text == (last.text if last else ""):
        raise Unchanged
    try:
        with transaction.atomic():
            version = Guideline.objects.create(
                project=project,
                category=category,
                number=after + 1,
                text=text,
                why=why,
                by=by,
                at=now,
            )
            record(
                *(project, by, "guideline written", str(version), now),
                subject_digest=sha256_hex(text.encode()),
            )
            webhooks.happened(
                *(project, "guideline.written", now),
                by=by.username,
                category=category.slug if category else None,
                number=version.number,
            )
            return version
    except IntegrityError:
        raise Overtaken from None


@transaction.atomic
def flag(
    example: Example, category: Category | None, why: str, by: User, now: datetime
) -> GuidelineFlag:
    """Ask for a better text, with the item that shows what is missing."""
    return GuidelineFlag.objects.create(
        project=example.project, category=category, example=example, why=why, by=by, at=now
    )


def history(project: Project, category: Category | None) -> QuerySet[Guideline]:
    """Every version of one text, the newest first."""
    mine = Guideline.objects.filter(project=project, category=category)
    return mine.select_related("by", "category").order_by("-number")


def in_force(project: Project) -> dict[int | None, Guideline]:
    """The newest version of each text by its category's key; None for the whole project's."""
    newest = (
        Guideline.objects.filter(project=project)
        .order_by("category_id", "-number")
        .distinct("category_id")
        .select_related("by")
    )
    return {version.category_id: version for version in newest if version.text}


def closest(project_id: int, category: Category | None) -> Guideline | None:
    """The version a verdict was given under: of the category, else of the project. One query."""
    texts = Guideline.objects.filter(Q(category=category) | Q(category=None), project=project_id)
    newest = texts.order_by(F("category_id").asc(nulls_last=True), "-number")
    return next((version for version in newest.distinct("category_id") if version.text), None)


def chapters(project: Project) -> list[Chapter]:
    """The project's texts, the general one first, with the flags raised since each."""
    found = in_force(project)
    flags: dict[int | None, list[GuidelineFlag]] = {}
    for each in _flags(project)[: FLAGS * 10]:
        version = found.get(each.category_id)
        if version is None or each.at > version.at:
            flags.setdefault(each.category_id, []).append(each)
    tree: list[Category | None] = [None, *categories.tree(project)]
    return [
        Chapter(category, found.get(key), flags.get(key, [])[:FLAGS])
        for category in tree
        for key in [category.pk if category else None]
    ]


def guiding(
    category: Category | None, tree: Sequence[Category], project: Project
) -> list[Guideline]:
    """What a reviewer reads for a category: its own text, those above it, the project's."""
    found = in_force(project)
    if not found:
        return []
    by_key = {each.pk: each for each in tree}
    keys: list[int | None] = []
    while category is not None and len(keys) < DEEPEST:
        keys.append(category.pk)
        category = by_key.get(category.parent_id) if category.parent_id else None
    return [found[key] for key in [*keys, None] if key in found]


def _flags(project: Project) -> QuerySet[GuidelineFlag]:
    rows = GuidelineFlag.objects.filter(project=project).select_related("by", "example")
    return rows.order_by("-at", "-id")
