"""Proof at the click of a sign-off that the person is still who logged in."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from django.utils.translation import gettext

from deployments.models import SignOff
from governance.requests import PersonRequest
from lib import clock

FRESH = 120  # seconds that what was proven on a page of its own may be used here


class NotProven(Exception):
    """The person did not prove who they are; nothing was signed."""


class TooManyTries(NotProven):
    """So many that we do not look at another one for a while."""


@dataclass(frozen=True)
class Proof:
    """How the person proved it: password, totp, webauthn, recovery_codes or socialaccount.

    `key` names this one proof, so that it signs once; a password is asked for each time.
    """

    method: str
    key: str = ""


def prove(request: PersonRequest, password: str) -> Proof:
    """How the person proved who they are just now.

    A password is checked here, at a limited rate. Anything else was given on a page of its own a
    moment ago. Raises NotProven and TooManyTries.
    """
    if not password:
        return _given_elsewhere(request)
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise TooManyTries(
            gettext("Too many tries. Nothing was signed. Wait a minute, then try again.")
        )
    if not request.user.check_password(password):
        raise NotProven(
            gettext("That is not your password. Nothing was signed; your reason is kept.")
        )
    return Proof("password")


def fresh_proof(request: PersonRequest) -> Proof | None:
    """What the person proved elsewhere within FRESH seconds, if it has not signed anything yet."""
    given = get_authentication_records(request, request.user)
    given = [record for record in given if record.get("reauthenticated")]
    if not given or clock.now().timestamp() - given[-1]["at"] > FRESH:
        return None
    method = given[-1].get("type") or given[-1]["method"]
    found = Proof(method, f"{method}@{given[-1]['at']}")
    is_used = SignOff.objects.filter(by=request.user, proof=found.key).exists()
    return None if is_used else found


def other_ways(request: PersonRequest) -> list[dict[str, Any]]:
    """How the person may prove it but by the password: a description and an address each."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    return [way for way in ways if way["id"] != "reauthenticate"]


def _given_elsewhere(request: PersonRequest) -> Proof:
    found = fresh_proof(request)
    if found is None:
        raise NotProven(
            gettext("Give your password, or prove it another way first. Nothing was signed.")
        )
    return found
