"""What kinds of failure there are: a fixed top, and a tree below it that each project grows."""

import re
from itertools import pairwise

from django.db.models import QuerySet

from curation.models import Category
from curation.top import MEANINGS
from governance.models import Project
from lib.statements import Query

SECURITY, LOGIC, PERFORMANCE, STYLE, OTHER = TOP = (
    "security",
    "logic",
    "performance",
    "style",
    "other",
)

# What clients write for the same thing, in lower case, two words run together. Whole words only:
# a guess inside a longer word ("illogical") would be our opinion, not the developer's.
SYNONYMS: dict[str, str] = {
    **{slug: slug for slug in TOP},
    "vulnerability": SECURITY,
    "injection": SECURITY,
    "secret": SECURITY,
    "secrets": SECURITY,
    "bug": LOGIC,
    "correctness": LOGIC,
    "incorrect": LOGIC,
    "functional": LOGIC,
    "errorhandling": LOGIC,
    "wrongapi": LOGIC,
    "concurrency": LOGIC,
    "types": LOGIC,
    "perf": PERFORMANCE,
    "efficiency": PERFORMANCE,
    "slow": PERFORMANCE,
    "memory": PERFORMANCE,
    "readability": STYLE,
    "formatting": STYLE,
    "naming": STYLE,
    "lint": STYLE,
    "maintainability": STYLE,
    "documentation": OTHER,
    "docs": OTHER,
    "misc": OTHER,
}


def plant(project: Project) -> None:
    """Give the project its fixed top. Safe to repeat; a name a project changed stays changed."""
    Category.objects.bulk_create(
        [
            Category(
                project=project,
                slug=slug,
                name=slug.capitalize(),
                definition=definition,
                position=position,
            )
            for position, (slug, definition) in enumerate(MEANINGS.items())
        ],
        ignore_conflicts=True,
    )


def tree(project: Project) -> QuerySet[Category]:
    """The project's categories as people read them: top by top, in order."""
    return Category.objects.filter(project=project).order_by("position", "id")


def listed(project: Project) -> list[Category]:
    """The same, fetched: what every page of the queue needs."""
    return LISTED.rows(project=project)


LISTED = Query(tree, project=Project)


def by_slug(project: Project) -> dict[str, Category]:
    """The project's categories by slug, planted first if it has none yet."""
    found = {category.slug: category for category in tree(project)}
    if not found.keys() >= set(TOP):
        plant(project)
        found = {category.slug: category for category in tree(project)}
    return found


def tops(project: Project) -> dict[int, str]:
    """The slug of the top category that each of the project's categories lies below, by its id."""
    found = {category.pk: category for category in tree(project)}

    def top(category: Category) -> str:
        seen: set[int] = set()
        while category.parent_id in found and category.pk not in seen:
            seen.add(category.pk)
            category = found[category.parent_id]
        return category.slug if category.slug in TOP else OTHER

    return {pk: top(category) for pk, category in found.items()}


def named_by(text: str) -> str | None:
    """The top category a client's own words mean ("Security / SQLi"), or None if we cannot tell."""
    words = re.findall(r"[^\W_]+", text.casefold())
    pairs = [first + second for first, second in pairwise(words)]
    meant = {SYNONYMS[word] for word in words + pairs if word in SYNONYMS}
    if "cwe" in words:
        meant.add(SECURITY)
    return meant.pop() if len(meant) == 1 else None
