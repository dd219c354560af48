"""Whether the demo is there, or may be loaded: asked at every start, without its loader."""

from dataclasses import dataclass

from django.conf import settings

from config.demo.content import Content
from governance.models import LedgerEntry, Project, User

LOADED = "demo loaded"


class NoPlaceForADemo(Exception):
    """These settings or this database are somebody's own; nothing was changed."""


@dataclass(frozen=True)
class Account:
    """A demo account, for whoever opens the demo; all have one password."""

    username: str
    roles: str
    password: str


def accounts(content: Content) -> list[Account]:
    """The demo accounts and what each may do, in words."""
    return [
        Account(
            username=person.username,
            roles=", ".join(
                f"{role.replace('_', ' ')} in {project}"
                for project, roles in person.roles.items()
                for role in roles
            )
            or "site admin",
            password=content.password,
        )
        for person in content.people
        if person.demo_account
    ]


def has_room(content: Content) -> bool:
    """Whether the demo may be loaded; False if it is here already."""
    if not settings.DEMO_ALLOWED:
        raise NoPlaceForADemo("These settings do not allow the demo; nothing was loaded.")
    slugs = [project.slug for project in content.projects]
    others = Project.objects.exclude(slug__in=slugs).values_list("slug", flat=True)
    if others:
        raise NoPlaceForADemo(
            f"This database holds {', '.join(others[:3])}; the demo wants one of its own."
            " Nothing was loaded."
        )
    if LedgerEntry.objects.filter(project__slug__in=slugs, action=LOADED).exists():
        return False
    taken = [person.username for person in content.people]
    if User.objects.filter(username__in=taken).exists():
        raise NoPlaceForADemo(
            "This database has accounts with the names of the demo's; nothing was loaded."
        )
    return True
