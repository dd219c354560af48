"""Ingest keys: made once, shown once, stored as a digest, replaced with an overlap, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from governance.ledger import record
from governance.models import IngestKey, Project, User
from lib.statements import planned

PREFIX = "emk_"
FIELDS = ("id", "project_id")
TABLE = IngestKey._meta.db_table
UNSEEN = "(last_used_at IS NULL OR last_used_at < now() - interval '1 minute')"
LIVE = (
    f"SELECT {', '.join(FIELDS)}, {UNSEEN} FROM {TABLE}"  # noqa: S608  our own names
    " WHERE digest = $1::text AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now())"
)
# of several requests at once one writes and none waits; reports only share the row's key
USED = (
    f"UPDATE {TABLE} SET last_used_at = now() WHERE id = (SELECT id FROM {TABLE}"  # noqa: S608
    f" WHERE id = %s AND {UNSEEN} FOR NO KEY UPDATE SKIP LOCKED)"
)


class KeyUnknown(Exception):
    """No such key, or it was revoked, or it was replaced and its time is over."""


class KeyEnded(Exception):
    """The key was revoked or replaced already."""


@transaction.atomic
def make_key(project: Project, name: str, by: User, now: datetime) -> tuple[IngestKey, str]:
    """Make a key and return it with its secret, which nobody can read again.

    The secret has 256 random bits, so a plain SHA-256 of it is safe to store: there is nothing
    to guess, and a slow hash would tax every report.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    key = _create(project, name, by, secret)
    record(project, by, "ingest key made", name, now, key=key.pk, prefix=key.prefix)
    return key, secret


@transaction.atomic
def rotate_key(
    key: IngestKey, overlap: timedelta, by: User, now: datetime
) -> tuple[IngestKey, str]:
    """Make a key of the same name with its secret; the old one works for `overlap` more.

    Raises KeyEnded for a key that was revoked or replaced. The new key is a row of its own, so
    that each secret has its own last use: the old one can be let go once nobody has it.
    """
    old = IngestKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if old.revoked_at or old.replaced_by_id:
        raise KeyEnded
    secret = PREFIX + secrets.token_urlsafe(32)
    new = _create(old.project, old.name, by, secret)
    old.replaced_by, old.ends_at = new, now + overlap
    old.save(update_fields=["replaced_by", "ends_at"])
    record(
        old.project,
        by,
        "ingest key rotated",
        old.name,
        now,
        key=new.pk,
        prefix=new.prefix,
        replaces=old.pk,
        old_key_ends=old.ends_at.isoformat(),
    )
    return new, secret


def _create(project: Project, name: str, by: User, secret: str) -> IngestKey:
    return IngestKey.objects.create(
        project=project, name=name, prefix=secret[:12], digest=digest_of(secret), created_by=by
    )


@transaction.atomic
def revoke_key(key: IngestKey, by: User, now: datetime) -> None:
    """Revoke a key at once; revoking it twice changes nothing."""
    live = IngestKey.objects.filter(pk=key.pk, revoked_at=None)
    if live.update(revoked_at=now, revoked_by=by):
        record(key.project, by, "ingest key revoked", key.name, now, key=key.pk, prefix=key.prefix)


def live_keys(project: Project, now: datetime) -> QuerySet[IngestKey]:
    """The project's keys that work, the newest first."""
    works = Q(ends_at=None) | Q(ends_at__gt=now)
    return IngestKey.objects.filter(works, project=project, revoked_at=None).order_by("-pk")


def key_for(secret: str) -> IngestKey:
    """The live key with this secret, its other columns deferred. Raises KeyUnknown.

    A statement of our own, planned once: every report asks this. At most once a minute a second
    one writes that the key was used; it is committed by itself, before the report's transaction.
    """
    found = planned(LIVE, [digest_of(secret)])
    if not found:
        raise KeyUnknown
    *fields, is_unseen = found[0]
    if is_unseen:
        with connection.cursor() as cursor:
            cursor.execute(USED, [fields[0]])
    return IngestKey.from_db(connection.alias, FIELDS, fields)


def digest_of(secret: str) -> str:
    """What we store of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
