"""What a person proves who they are with: changed by themselves, and told where others may."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from governance.languages import language_for
from governance.ledger import record
from governance.models import Membership, Project, User
from governance.tokens import revoke_all

HELD_BACK = timedelta(hours=72)  # long enough for the person, or a colleague, to notice


@transaction.atomic
def set_password(person: User, password: str, now: datetime) -> int:
    """Set the password and end the person's access tokens; the number that ended."""
    person.set_password(password)
    person.save(update_fields=["password"])
    return revoke_all(person, now)


def holds_roles(person: User) -> bool:
    """Whether the person may do anything in any project."""
    return Membership.objects.filter(user=person).exists()


@transaction.atomic
def tell_projects(person: User, by: User, action: str, now: datetime, **details: Any) -> None:
    """Write what a site admin did to the person's account into the ledger of their projects."""
    for project in Project.objects.filter(memberships__user=person).distinct().order_by("pk"):
        record(project, by, action, person.username, now, **details)


@transaction.atomic
def hold_back(person: User, now: datetime, told: Iterable[str]) -> None:
    """Keep the person from signing off for HELD_BACK, and write to the addresses why.

    A site admin has changed how they prove who they are: by the new way the admin, or whoever
    reads the new address, could sign in their name.
    """
    until = now + HELD_BACK
    User.objects.filter(pk=person.pk).update(signs_from=until)
    with override(language_for(person)):
        title, words = gettext("A site admin changed your account"), _why_held_back(person, until)
    to = sorted({address for address in told if address})
    send = partial(send_mail, title, words, None, to)
    if to:
        transaction.on_commit(send, robust=True)


def _why_held_back(person: User, until: datetime) -> str:
    return gettext(
        "A site admin changed how {name} logs in to Emend: the address, the password or a second"
        " factor.\n\nUntil {when} UTC the account cannot sign off. If you did not ask for it,"
        " tell a governance lead or an admin of your project now."
    ).format(name=person.username, when=date_format(until, "DATETIME_FORMAT"))


def held_back_until(person: User, now: datetime) -> datetime | None:
    """Until when the person cannot sign off, if they cannot now."""
    held = User.objects.filter(pk=person.pk, signs_from__gt=now)
    return held.values_list("signs_from", flat=True).first()
