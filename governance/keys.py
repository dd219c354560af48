"""Ingest keys: made once, shown once, stored as a digest, revoked for good."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from governance.ledger import record
from governance.models import IngestKey, Project, User

PREFIX = "emk_"


class KeyUnknown(Exception):
    """No such key, or it was revoked."""


@transaction.atomic
def make_key(project: Project, name: str, by: User, now: datetime) -> tuple[IngestKey, str]:
    """Make a key and return it with its secret, which nobody can read again.

    The secret has 256 random bits, so a plain SHA-256 of it is safe to store: there is nothing
    to guess, and a slow hash would tax every report.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    key = IngestKey.objects.create(
        project=project, name=name, prefix=secret[:12], digest=digest_of(secret), created_by=by
    )
    record(project, by, "ingest key made", name, now, key=key.pk, prefix=key.prefix)
    return key, secret


@transaction.atomic
def revoke_key(key: IngestKey, by: User, now: datetime) -> None:
    """Revoke a key at once; revoking it twice changes nothing."""
    live = IngestKey.objects.filter(pk=key.pk, revoked_at=None)
    if live.update(revoked_at=now, revoked_by=by):
        record(key.project, by, "ingest key revoked", key.name, now, key=key.pk, prefix=key.prefix)


def key_for(secret: str) -> IngestKey:
    """The live key with this secret, its project with it. Raises KeyUnknown."""
    live = IngestKey.objects.filter(digest=digest_of(secret), revoked_at=None)
    key = live.select_related("project").first()
    if key is None:
        raise KeyUnknown
    return key


def digest_of(secret: str) -> str:
    """What we store of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
