"""Ingest keys: made once, shown once, stored as a digest, revoked for good."""

import hashlib
import secrets
from datetime import datetime

from django.db import connection, transaction

from governance.ledger import record
from governance.models import IngestKey, Project, User

PREFIX = "emk_"
FIELDS = ("id", "project_id")
LIVE = (
    f"SELECT {', '.join(FIELDS)} FROM {IngestKey._meta.db_table}"  # noqa: S608  our own names
    " WHERE digest = %s AND revoked_at IS NULL"
)


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
    """The live key with this secret, its other columns deferred. Raises KeyUnknown.

    A statement of our own: every report asks this, and the ORM takes longer to build the query
    than PostgreSQL takes to answer it.
    """
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [digest_of(secret)])
        row = cursor.fetchone()
    if row is None:
        raise KeyUnknown
    return IngestKey.from_db(connection.alias, FIELDS, row)


def digest_of(secret: str) -> str:
    """What we store of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
