"""Reactions and corrections that came before their generation: they wait, and join it.

They wait in a table of their own, so that whoever reads reactions and corrections sees joined
ones only, and a correction that joins late is as new to the intake as any other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from feedback.models import Alias, Generation, Orphan
from feedback.records import CorrectionRecord, GenerationRecord, ReactionRecord
from feedback.rows import New
from lib.transitions import Moves

MOVES: Moves = {Orphan.State.WAITING: {Orphan.State.JOINED, Orphan.State.REFUSED}}
SHAPES: dict[str, type[ReactionRecord] | type[CorrectionRecord]] = {
    "reaction": ReactionRecord,
    "correction": CorrectionRecord,
}
TABLE = Orphan._meta.db_table
COLUMNS = ", ".join(
    (
        *("project_id", "key_id", "type", "client_id", "wanted", "payload_sha256", "record"),
        *("received_at", "state", "reason"),
    )
)
MARKS = "(%s, %s, %s, %s, %s, %s, %s, %s, 'waiting', '')"
FOUND = f"""
SELECT orphan.project_id, orphan.wanted, coalesce(generation.id, alias.generation_id)
FROM {TABLE} AS orphan
LEFT JOIN {Generation._meta.db_table} AS generation
    ON generation.project_id = orphan.project_id AND generation.client_id = orphan.wanted
LEFT JOIN {Alias._meta.db_table} AS alias
    ON alias.project_id = orphan.project_id AND alias.name = orphan.wanted
WHERE orphan.state = 'waiting' AND orphan.received_at >= %s
  AND (generation.id IS NOT NULL OR alias.generation_id IS NOT NULL)
LIMIT %s
"""  # noqa: S608  our own names


@dataclass(frozen=True, slots=True)
class Waiting:
    """An orphan as it waits."""

    pk: int
    key_id: int
    received_at: datetime
    digest: str
    record: ReactionRecord | CorrectionRecord


def put(project_id: int, new: Sequence[New]) -> set[str]:
    """Let records of one type wait, sorted by the caller; the ids that did not wait before."""
    if not new:
        return set()
    values: list[Any] = []
    for each in new:
        record = each.record
        assert not isinstance(record, GenerationRecord)
        values += (project_id, each.key_id, record.type, record.id, record.generation)
        values += (each.digest, record.model_dump_json(exclude_none=True), each.at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({COLUMNS}) VALUES {', '.join([MARKS] * len(new))}"  # noqa: S608  our own names
            " ON CONFLICT (project_id, type, client_id) DO NOTHING RETURNING client_id",
            values,
        )
        return {client_id for (client_id,) in cursor.fetchall()}


def held(project_id: int, type: str, client_ids: Iterable[str]) -> dict[str, str]:
    """The digests of records of a type that wait, or did, under these ids."""
    rows = Orphan.objects.filter(project=project_id, type=type, client_id__in=list(client_ids))
    return dict(rows.values_list("client_id", "payload_sha256"))


def claim(project_id: int, names: Collection[str]) -> list[Waiting]:
    """Those that wait for a generation of these names, locked until the transaction's end."""
    if not names:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, key_id, received_at, payload_sha256, type, record FROM {TABLE}"  # noqa: S608  our own names
            " WHERE project_id = %s AND wanted = ANY(%s::text[]) AND state = 'waiting'"
            " ORDER BY id FOR UPDATE",
            [project_id, sorted(names)],
        )
        return [
            Waiting(pk, key_id, at, digest, SHAPES[type].model_validate_json(text))
            for pk, key_id, at, digest, type, text in cursor.fetchall()
        ]


def settle(refused: Mapping[int, str], joined: Sequence[int], now: datetime) -> None:
    """Say what became of claimed ones: joined, or refused and why."""
    with connection.cursor() as cursor:
        if joined:
            cursor.execute(
                f"UPDATE {TABLE} SET state = 'joined', settled_at = %s"  # noqa: S608  our own names
                " WHERE id = ANY(%s::bigint[]) AND state = 'waiting'",
                [now, list(joined)],
            )
        for pk, reason in refused.items():
            cursor.execute(
                f"UPDATE {TABLE} SET state = 'refused', settled_at = %s, reason = %s"  # noqa: S608  our own names
                " WHERE id = %s AND state = 'waiting'",
                [now, reason, pk],
            )


def found(since: datetime, most: int) -> dict[int, dict[str, int]]:
    """Generations that orphans received since then wait for and that are here, by project.

    The two transactions crossed: neither saw what the other had not committed yet.
    """
    by_project: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [since, most])
        for project_id, name, generation in cursor.fetchall():
            by_project.setdefault(project_id, {})[name] = generation
    return by_project
