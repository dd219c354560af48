"""Records as rows: the statements that ingest runs, many rows each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from feedback import blobs
from feedback.blobs import blob_id
from feedback.models import Blob, Correction, Generation, Reaction
from feedback.records import (
    AnyRecord,
    CorrectionRecord,
    Extent,
    GenerationRecord,
    ReactionRecord,
    Span,
)
from governance.models import IngestKey

SHARED = (
    "project_id",
    "key_id",
    "client_id",
    "payload_sha256",
    "extra",
    "occurred_at",
    "session",
    "developer",
)
POSITIONS = ("start_line", "start_column", "end_line", "end_column")


@dataclass(frozen=True, slots=True)
class New:
    """A record to insert, the digest of what was sent, and the generation it speaks of."""

    record: AnyRecord
    digest: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Where one type of record goes: its own columns after the shared ones."""

    name: str
    columns: tuple[str, ...]

    def insert(self, key: IngestKey, new: Sequence[New], now: datetime) -> dict[str, int]:
        """Insert the records, sorted by id by the caller, whose ids are not taken; our ids.

        It waits for another transaction that inserts the same id, and sees what that committed.
        """
        return self._run(self._insert(len(new)), _bound(key, new, now))

    def held(self, project_id: int, client_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Our id and the digest of the rows that hold these client ids."""
        if not client_ids:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT client_id, id, payload_sha256 FROM {self.name}"  # noqa: S608  our own name
                " WHERE project_id = %s AND client_id = ANY(%s::text[])",
                [project_id, list(client_ids)],
            )
            return {client_id: (pk, digest) for client_id, pk, digest in cursor.fetchall()}

    def _insert(self, count: int) -> str:
        columns = (*SHARED, *self.columns)
        marks = f"({', '.join(['%s'] * len(columns))})"
        return (
            f"INSERT INTO {self.name} ({', '.join(columns)})"  # noqa: S608  our own names
            f" VALUES {', '.join([marks] * count)}"
            " ON CONFLICT (project_id, client_id) DO NOTHING RETURNING client_id, id"
        )

    def _run(self, statement: str, values: list[Any]) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return dict(cursor.fetchall())


class OneGeneration(Table):
    """A generation that comes alone, with its texts, in one statement.

    A statement alone is a transaction alone: three round trips fewer for the commonest report.
    """

    def insert(self, key: IngestKey, new: Sequence[New], now: datetime) -> dict[str, int]:
        """As Table.insert, of one record; its texts are kept only where it is new."""
        texts = texts_of(key.project_id, (each.record for each in new))
        statement = (
            f"WITH new AS ({self._insert(1)}), sent ({blobs.COLUMNS}) AS"  # noqa: S608  our own names
            f" (VALUES {blobs.marks(texts)}), kept AS (INSERT INTO {Blob._meta.db_table}"
            f" ({blobs.COLUMNS}) SELECT * FROM sent WHERE EXISTS (SELECT FROM new)"
            " ON CONFLICT (id) DO NOTHING) SELECT client_id, id FROM new"
        )
        return self._run(statement, _bound(key, new, now) + blobs.bound(key.project_id, texts))


OF_GENERATIONS = (
    "prompt_id",
    "output_id",
    "language",
    "file_path",
    "repository",
    "model_name",
    "confidence",
)
GENERATIONS = Table(Generation._meta.db_table, OF_GENERATIONS)
ONE_GENERATION = OneGeneration(Generation._meta.db_table, OF_GENERATIONS)
REACTIONS = Table(
    Reaction._meta.db_table, ("generation_id", "kind", "after_ms", "value", "comment")
)
CORRECTIONS = Table(
    Correction._meta.db_table,
    ("generation_id", "corrected_id", "category", "severity", "comment", "after_ms", *POSITIONS),
)
EXTENTS = f"""
SELECT wanted.place,
       length(output.text) - length(replace(output.text, chr(10), '')) + 1,
       length(split_part(output.text, chr(10), wanted.first)),
       length(split_part(output.text, chr(10), wanted.last))
FROM unnest(%s::int[], %s::bigint[], %s::int[], %s::int[])
    AS wanted (place, generation, first, last)
JOIN {Generation._meta.db_table} AS generation ON generation.id = wanted.generation
JOIN {Blob._meta.db_table} AS output ON output.id = generation.output_id
"""  # noqa: S608  our own names


def extents(spans: Mapping[int, tuple[int, Span]]) -> list[tuple[int, Extent]]:
    """How far the outputs of stored generations reach, by place; no text leaves the database."""
    if not spans:
        return []
    wanted = [
        (place, generation, span.start.line, span.end.line)
        for place, (generation, span) in spans.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(EXTENTS, [list(column) for column in zip(*wanted, strict=True)])
        return [(place, Extent(*numbers)) for place, *numbers in cursor.fetchall()]


def texts_of(project_id: int, records: Iterable[AnyRecord]) -> dict[UUID, str]:
    """The texts of records that are stored as blobs, by their ids."""
    return {blob_id(project_id, text): text for record in records for text in _texts(record)}


def _texts(record: AnyRecord) -> tuple[str, ...]:
    match record:
        case GenerationRecord():
            return (record.prompt, record.output)
        case CorrectionRecord():
            return (record.corrected,)
        case ReactionRecord():
            return ()


def _bound(key: IngestKey, new: Sequence[New], now: datetime) -> list[Any]:
    """The values of every row, one after the other."""
    values: list[Any] = []
    for each in new:
        record = each.record
        values += (
            key.project_id,
            key.pk,
            record.id,
            each.digest,
            json.dumps(record.model_extra, ensure_ascii=False) if record.model_extra else "{}",
            record.occurred_at or now,
            record.session,
            record.developer,
        )
        values += _own(record, key.project_id, each.parent)
    return values


def _own(record: AnyRecord, project_id: int, parent: int | None) -> tuple[Any, ...]:
    """The values of a table's own columns."""
    match record:
        case GenerationRecord():
            return _of_generation(record, project_id)
        case ReactionRecord():
            return (parent, record.kind, record.after_ms, record.value, record.comment)
        case CorrectionRecord():
            return _of_correction(record, project_id, parent)


def _of_generation(record: GenerationRecord, project_id: int) -> tuple[Any, ...]:
    return (
        blob_id(project_id, record.prompt),
        blob_id(project_id, record.output),
        record.language,
        record.file_path,
        record.repository,
        record.model_name,
        record.confidence,
    )


def _of_correction(
    record: CorrectionRecord, project_id: int, parent: int | None
) -> tuple[Any, ...]:
    span = record.span
    places = (span.start.line, span.start.column, span.end.line, span.end.column) if span else ()
    return (
        parent,
        blob_id(project_id, record.corrected),
        record.category,
        record.severity,
        record.comment,
        record.after_ms,
        *(places or (None,) * len(POSITIONS)),
    )
