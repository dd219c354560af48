"""Proving who one is by logging in at the identity provider once more.

allauth counts people who have neither a password nor a second factor here as fresh at any time.
For them, and for whoever prefers it, this asks the provider to log them in again.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess, Provider
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from governance.models import User

ASKED = "asked_at"  # in the state that allauth keeps in the session until the provider answers
SKEW = 30  # seconds that the provider's clock may be behind ours


class NotLoggedInAgain(Exception):
    """The provider did not say that this person logged in just now."""


def provider_of(request: HttpRequest, person: User) -> Provider | None:
    """Where the person can log in again, if single sign-on is theirs."""
    for account in SocialAccount.objects.filter(user=person).order_by("pk"):
        with suppress(SocialApp.DoesNotExist):
            return get_adapter(request).get_provider(request, account.provider)
    return None


def ask(request: HttpRequest, provider: Provider, back: str, now: datetime) -> HttpResponse:
    """Send the person to the provider, which has to ask them again and say when it did."""
    answer: HttpResponse = provider.redirect(
        request,
        AuthProcess.REDIRECT,
        next_url=back,
        data={ASKED: now.timestamp()},
        auth_params=provider.get_auth_params() | {"prompt": "login", "max_age": "0"},
    )
    return answer


def take(request: HttpRequest, login: SocialLogin) -> None:
    """Count the provider's answer as fresh proof, if it was asked for one. Raises NotLoggedInAgain.

    The state is in the session and is used up, so an answer counts once and for who asked.
    """
    asked = (login.state.get("data") or {}).get(ASKED)
    if asked is None:
        return
    account = login.account
    if account.pk is None or account.user_id != request.user.pk:
        raise NotLoggedInAgain(gettext("That is not the account you log in here with."))
    if not is_fresh(account.extra_data, asked):
        raise NotLoggedInAgain(
            gettext("The provider did not say that you logged in again just now.")
        )
    how = {"provider": account.provider, "uid": account.uid, "reauthenticated": True}
    record_authentication(request, request.user, "socialaccount", **how)


def is_fresh(answer: Mapping[str, Any], asked_at: float) -> bool:
    """Whether the ID token in the answer tells of a login after it was asked for."""
    at = (answer.get("id_token") or {}).get("auth_time")
    return isinstance(at, int | float) and at >= asked_at - SKEW


def recently(request: HttpRequest) -> bool:
    """Whether the person proved who they are, in whatever way, a moment ago."""
    given = get_authentication_records(request, request.user)
    times = [record["at"] for record in given if record.get("reauthenticated")]
    return bool(times) and time.time() - times[-1] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
