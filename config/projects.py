"""Opening a project: the row, its categories, its first admin and the record of it."""

import re
from datetime import datetime

from django.db import transaction

from curation.categories import plant
from governance.ledger import record
from governance.models import SLUG, Membership, Project, Role, User


class SlugRefused(Exception):
    """The slug is taken, or is not made of lower-case letters, digits and hyphens."""


@transaction.atomic
def open_project(slug: str, name: str, by: User, now: datetime) -> Project:
    """Open a project with `by` as its first admin. Raises SlugRefused."""
    if not re.fullmatch(SLUG, slug):
        raise SlugRefused(
            f"{slug!r} cannot stand in an address: use lower-case letters, digits and hyphens."
        )
    project, new = Project.objects.get_or_create(
        slug=slug, defaults={"name": name, "created_at": now}
    )
    if not new:
        raise SlugRefused(f"There is a project {slug} already. Nothing was changed.")
    plant(project)
    Membership.objects.create(project=project, user=by, role=Role.PROJECT_ADMIN, since=now)
    record(project, by, "project opened", project.slug, now, admin=by.username, name=name)
    return project
