"""Proof at the click of a sign-off that the person is still who logged in."""

from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled

from governance.models import User
from governance.requests import PersonRequest
from lib import clock

FRESH = 120  # seconds that a passkey or a code, given on its own page, may be used here
USED = "deployments_proof_used"


class NotProven(Exception):
    """The person did not prove who they are; nothing was signed."""


class TooManyTries(NotProven):
    """So many that we do not look at another one for a while."""


def prove(request: PersonRequest, password: str) -> str:
    """How the person proved who they are just now: password, totp, webauthn or recovery_codes.

    A password is checked here, at a limited rate. A second factor was given on allauth's own page
    a moment ago; it counts once. Raises NotProven and TooManyTries.
    """
    if not password:
        return _second_factor(request)
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise TooManyTries("Too many tries. Nothing was signed. Wait a minute, then try again.")
    if not request.user.check_password(password):
        raise NotProven("That is not your password. Nothing was signed; your reason is kept.")
    return "password"


def fresh_proof(request: PersonRequest) -> tuple[str, float] | None:
    """A second factor given within FRESH seconds and not used yet: its kind and its time."""
    records = get_authentication_records(request, request.user)
    given = [record for record in records if record.get("reauthenticated")]
    if not given:
        return None
    at = float(given[-1]["at"])
    if clock.now().timestamp() - at > FRESH or at <= request.session.get(USED, 0):
        return None
    return str(given[-1].get("type") or given[-1]["method"]), at


def has_second_factor(user: User) -> bool:
    """Whether the person may prove it with a passkey or a code."""
    return bool(is_mfa_enabled(user))


def _second_factor(request: PersonRequest) -> str:
    found = fresh_proof(request)
    if found is None:
        raise NotProven("Give your password, or use your passkey or code. Nothing was signed.")
    method, at = found
    request.session[USED] = at
    return method
