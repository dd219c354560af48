"""Records as rows: the statements that ingest runs, many rows each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

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
class Table:
    """Where one type of record goes: its own columns after the shared ones."""

    name: str
    columns: tuple[str, ...]
    own: Callable[[Any, int, int | None], tuple[Any, ...]]

    def row(
        self, key: IngestKey, record: AnyRecord, digest: str, now: datetime, parent: int | None
    ) -> tuple[Any, ...]:
        """The values of SHARED and `columns`; `parent` is the generation spoken of."""
        return (
            key.project_id,
            key.pk,
            record.id,
            digest,
            json.dumps(record.model_extra, ensure_ascii=False) if record.model_extra else "{}",
            record.occurred_at or now,
            record.session,
            record.developer,
            *self.own(record, key.project_id, parent),
        )


def insert(table: Table, new: Sequence[tuple[Any, ...]]) -> dict[str, int]:
    """Insert rows, sorted by client id by the caller, whose ids are not taken; their ids here.

    It waits for another transaction that is inserting the same id, and sees what that committed.
    """
    columns = (*SHARED, *table.columns)
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table.name} ({', '.join(columns)})"  # noqa: S608  our own names
            f" VALUES {', '.join([marks] * len(new))}"
            " ON CONFLICT (project_id, client_id) DO NOTHING RETURNING client_id, id",
            [value for row in new for value in row],
        )
        return dict(cursor.fetchall())


def held(table: Table, project_id: int, client_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Our id and the digest of the rows that hold these client ids."""
    if not client_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT client_id, id, payload_sha256 FROM {table.name}"  # noqa: S608  our own name
            " WHERE project_id = %s AND client_id = ANY(%s::text[])",
            [project_id, list(client_ids)],
        )
        return {client_id: (pk, digest) for client_id, pk, digest in cursor.fetchall()}


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


def texts(record: AnyRecord) -> tuple[str, ...]:
    """The record's texts that are stored as blobs."""
    if isinstance(record, GenerationRecord):
        return (record.prompt, record.output)
    if isinstance(record, CorrectionRecord):
        return (record.corrected,)
    return ()


def _generation(record: GenerationRecord, project_id: int, _: int | None) -> tuple[Any, ...]:
    return (
        blob_id(project_id, record.prompt),
        blob_id(project_id, record.output),
        record.language,
        record.file_path,
        record.repository,
        record.model_name,
        record.confidence,
    )


def _reaction(record: ReactionRecord, project_id: int, parent: int | None) -> tuple[Any, ...]:
    return (parent, record.kind, record.after_ms, record.value, record.comment)


def _correction(record: CorrectionRecord, project_id: int, parent: int | None) -> tuple[Any, ...]:
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


GENERATION = Table(
    Generation._meta.db_table,
    (
        "prompt_id",
        "output_id",
        "language",
        "file_path",
        "repository",
        "model_name",
        "confidence",
    ),
    _generation,
)
REACTION = Table(
    Reaction._meta.db_table, ("generation_id", "kind", "after_ms", "value", "comment"), _reaction
)
CORRECTION = Table(
    Correction._meta.db_table,
    ("generation_id", "corrected_id", "category", "severity", "comment", "after_ms", *POSITIONS),
    _correction,
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
