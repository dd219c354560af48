"""The record: one entry per thing someone did, written in the transaction that did it."""

import hashlib
from datetime import datetime
from typing import Any

from governance.models import LedgerEntry, Project, User
from lib.canonical import canonical_bytes


def record(
    project: Project,
    actor: User | None,
    action: str,
    subject: str,
    now: datetime,
    *,
    subject_digest: str = "",
    **details: Any,
) -> LedgerEntry:
    """Append an entry. Call it inside the transaction it tells about.

    `action` is a past participle with its object ("dataset version frozen"), `actor` is None
    for what the system decided, `details` are JSON values without floats.
    """
    body = canonical_bytes(
        {
            "action": action,
            "actor": actor.username if actor else None,
            "at": now.isoformat(),
            "details": details,
            "project": project.slug,
            "subject": subject,
            "subject_digest": subject_digest,
        }
    )
    return LedgerEntry.objects.create(
        project=project,
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        subject_digest=subject_digest,
        body=body,
        leaf_hash=leaf_hash(body),
    )


def leaf_hash(body: bytes) -> str:
    """RFC 6962 section 2.1: the hash of a leaf is SHA-256 over 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + body).hexdigest()
