"""Saved views of the queue: a tab and its filters under a name."""

from urllib.parse import parse_qs, urlencode

from django.db import transaction
from django.db.models import Q, QuerySet

from governance.models import Project, User
from reviews.filters import from_query
from reviews.models import SavedView

MOST = 50  # of one person in one project


class TooMany(Exception):
    """The person has as many views as one may keep."""


def views_for(project: Project, person: User) -> QuerySet[SavedView]:
    """The person's own views and those that are shared."""
    rows = SavedView.objects.filter(Q(owner=person) | Q(is_shared=True), project=project)
    return rows.select_related("owner")


@transaction.atomic
def save(project: Project, owner: User, name: str, query: str, *, is_shared: bool) -> SavedView:
    """Keep the address's tab and filters; a view of the same name is replaced. Raises TooMany."""
    User.objects.select_for_update().get(pk=owner.pk)  # two saves at once count one after the other
    mine = SavedView.objects.filter(project=project, owner=owner)
    if mine.count() >= MOST and not mine.filter(name=name).exists():
        raise TooMany
    kept, _ = mine.update_or_create(
        name=name,
        defaults={
            "project": project,
            "owner": owner,
            "query": cleaned(query),
            "is_shared": is_shared,
        },
    )
    return kept


def cleaned(query: str) -> str:
    """What of an address's query means something here; no cursor, no stranger's parameter. Pure."""
    said = parse_qs(query[:4000])
    tab = urlencode({"tab": said["tab"][0]}) if said.get("tab", [""])[0].isalpha() else ""
    return "&".join(part for part in (tab, from_query(said).query()) if part)[:4000]
