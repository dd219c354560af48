"""Ids that were erased: what a client sends under one of them again is not kept.

Reports and erasures of a project take turns: a report holds the project open until it is
committed, an erasure holds it shut. A statement that is a transaction alone takes no turn; a
trigger on its table looks again when it has inserted.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection

from governance.models import Erasure, Tombstone

TABLE = Tombstone._meta.db_table
TURNS = 0x454D  # the first number of our advisory locks; the second is the project's
BURIED = (
    f"EXISTS (SELECT FROM {TABLE} WHERE project_id = {{project}} AND digest ="  # noqa: S608  our own names
    " sha256(convert_to('{kind}' || chr(10) || {name}, 'UTF8')) OFFSET 0)"
)


def digest_of(kind: str, client_id: str) -> bytes:
    """What is kept of an id: 32 bytes."""
    return hashlib.sha256(f"{kind}\n{client_id}".encode("utf-8", "surrogatepass")).digest()


def is_buried(kind: str, project: str, name: str) -> str:
    """SQL: whether the id that the expression `name` holds was erased in `project`."""
    return BURIED.format(kind=kind, project=project, name=name)


def among(project_id: int, named: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these were erased; each is the kind of record and a client's id."""
    by_digest = {digest_of(*each): each for each in named}
    if not by_digest:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT digest FROM {TABLE} WHERE project_id = %s AND digest = ANY(%s::bytea[])",  # noqa: S608  our own name
            [project_id, list(by_digest)],
        )
        return {by_digest[bytes(digest)] for (digest,) in cursor.fetchall()}


def bury(erasure: Erasure, named: Iterable[tuple[str, str]]) -> None:
    """Remember that these were erased; what is buried already stays with its own receipt."""
    digests = sorted({digest_of(*each) for each in named})
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (project_id, erasure_id, digest)"  # noqa: S608  our own name
            " SELECT %s, %s, unnest(%s::bytea[]) ON CONFLICT (project_id, digest) DO NOTHING",
            [erasure.project_id, erasure.pk, digests],
        )


def crossed(error: Exception) -> bool:
    """Whether a report met an erasure: of its own id, or of a text that it was to share."""
    return getattr(error.__cause__, "sqlstate", None) in ("40001", "23503")


def hold_open(project_id: int) -> None:
    """Let no erasure of the project begin before this transaction ends; wait for one under way."""
    _lock("pg_advisory_xact_lock_shared", project_id)


def hold_shut(project_id: int) -> None:
    """Wait for reports of the project under way, and let no other begin before this ends."""
    _lock("pg_advisory_xact_lock", project_id)


def _lock(function: str, project_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [TURNS, project_id % 2**31])
