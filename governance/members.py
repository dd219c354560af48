"""Who belongs to a project: added, given other roles, removed; each of it on the record."""

from collections.abc import Collection
from datetime import datetime
from itertools import count

from django.db import transaction
from django.db.models import Q

from governance.ledger import record
from governance.models import Membership, Project, Role, User


class PersonUnknown(Exception):
    """Nobody has this name, and it is no e-mail address to make an account for."""


class LastAdmin(Exception):
    """The project would be left without an active project admin."""


def members_of(project: Project) -> list[tuple[User, list[Membership]]]:
    """Each member with their memberships, by name."""
    rows = Membership.objects.filter(project=project).select_related("user")
    found: dict[User, list[Membership]] = {}
    for row in rows.order_by("user__username", "role"):
        found.setdefault(row.user, []).append(row)
    return list(found.items())


@transaction.atomic
def add_member(
    project: Project, words: str, roles: Collection[str], by: User, now: datetime
) -> tuple[User, bool]:
    """Give roles to the person with this username or e-mail address; say whether they are new.

    An unknown e-mail address gets an account without a password: its owner sets one through
    "Forgot your password". Raises PersonUnknown for any other unknown name.
    """
    person = find_person(words)
    is_new = person is None
    if person is None:
        person = _invite(project, words, by, now)
    held = roles_held(project, person)
    _give(project, person, held | set(roles), by, now)
    return person, is_new


@transaction.atomic
def set_roles(
    project: Project, person: User, roles: Collection[str], by: User, now: datetime
) -> None:
    """Let the person hold exactly these roles; none of them takes them out of the project.

    Raises LastAdmin.
    """
    _give(project, person, set(roles), by, now)


def find_person(words: str) -> User | None:
    """The active person with this username, or this e-mail address if just one has it."""
    active = User.objects.filter(is_active=True)
    found = list(active.filter(Q(username=words) | Q(email__iexact=words))[:2])
    exact = [person for person in found if person.username == words]
    if exact or len(found) == 1:
        return (exact or found)[0]
    return None


def _give(project: Project, person: User, roles: set[str], by: User, now: datetime) -> None:
    _lock(project)
    held = roles_held(project, person)
    if Role.PROJECT_ADMIN in held - roles and not _other_admins(project, person):
        raise LastAdmin
    mine = Membership.objects.filter(project=project, user=person)
    for role in sorted(held - roles):
        mine.filter(role=role).delete()
        record(project, by, "role taken", person.username, now, role=role)
    for role in sorted(roles - held):
        Membership.objects.create(project=project, user=person, role=role, since=now)
        record(project, by, "role given", person.username, now, role=role)


def _lock(project: Project) -> None:
    # Two admins who remove each other must not both succeed.
    Project.objects.select_for_update().get(pk=project.pk)


def roles_held(project: Project, person: User) -> set[str]:
    """The roles the person holds in the project, active or not."""
    mine = Membership.objects.filter(project=project, user=person)
    return set(mine.values_list("role", flat=True))


def _other_admins(project: Project, person: User) -> bool:
    admins = Membership.objects.filter(
        project=project, role=Role.PROJECT_ADMIN, user__is_active=True
    )
    return admins.exclude(user=person).exists()


def _invite(project: Project, words: str, by: User, now: datetime) -> User:
    name, _, host = words.partition("@")
    if not name or "." not in host or User.objects.filter(email__iexact=words).exists():
        raise PersonUnknown
    person = User.objects.create_user(_free_name(name), words)
    record(project, by, "account made", person.username, now)
    return person


def _free_name(name: str) -> str:
    """The name, or the name with the first number nobody has."""
    name = "".join(each for each in name if each.isalnum() or each in "._-")[:100] or "person"
    taken = set(User.objects.filter(username__startswith=name).values_list("username", flat=True))
    if name not in taken:
        return name
    return next(each for n in count(2) if (each := f"{name}-{n}") not in taken)
