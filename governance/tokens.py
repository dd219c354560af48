"""Access tokens: shown once, stored as a digest; they do what their person may, or less."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from governance.keys import digest_of
from governance.models import AccessToken, Project, User

PREFIX = "emt_"


class TokenUnknown(Exception):
    """No such token, or it was revoked, has expired, or its person is no longer active."""


@transaction.atomic
def make_token(
    user: User,
    name: str,
    lives: timedelta,
    now: datetime,
    *,
    scope: str = AccessToken.Scope.ALL,
    project: Project | None = None,
) -> tuple[AccessToken, str]:
    """Make a token that lives so long and return it with its secret, shown this once."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:12],
        digest=digest_of(secret),
        scope=scope,
        project=project,
        created_at=now,
        expires_at=now + lives,
    )
    return token, secret


@transaction.atomic
def revoke_token(token: AccessToken, now: datetime) -> None:
    """Revoke a token at once; revoking it twice keeps the first time."""
    AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def revoke_all(user: User, now: datetime) -> int:
    """Revoke every token of the person that still works; the number revoked."""
    live = AccessToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now)
    return live.update(revoked_at=now)


def token_for(secret: str, now: datetime) -> AccessToken:
    """The live token with this secret, its active person with it. Raises TokenUnknown."""
    live = AccessToken.objects.filter(
        digest=digest_of(secret), revoked_at=None, expires_at__gt=now, user__is_active=True
    )
    token = live.select_related("user", "project").first()
    if token is None:
        raise TokenUnknown
    return token
