"""Records as rows: the statements that ingest runs, many rows each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.numeric import Int8

from feedback import blobs, recordsets
from feedback.blobs import blob_id
from feedback.models import Blob, Correction, Generation, Orphan, Reaction
from feedback.records import (
    AnyRecord,
    CorrectionRecord,
    Extent,
    GenerationRecord,
    ReactionRecord,
    Span,
)
from governance.tombstones import is_buried
from lib.statements import planned

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
    """A record to insert, the digest of what was sent, and the generation it speaks of.

    One that waited for its generation comes with the key it was sent with, and when.
    """

    record: AnyRecord
    digest: str
    parent: int | None
    key_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Table:
    """Where one type of record goes: its own columns after the shared ones."""

    name: str
    columns: tuple[str, ...]
    kind: str  # of record

    def insert(self, project_id: int, new: Sequence[New]) -> dict[str, int]:
        """Insert the records, sorted by id by the caller, whose ids are free; our ids.

        An id is taken, or was erased.

        It waits for another transaction that inserts the same id, and sees what that committed.
        """
        columns = (*SHARED, *self.columns)
        values = batched(_bound(project_id, new), len(columns))
        rows = recordsets.selected({name: KINDS[name] for name in columns})
        rows += f" WHERE NOT {is_buried(self.kind, 'sent.project_id', 'sent.client_id')}"
        return dict(planned(self._insert(rows), [recordsets.written(columns, values)]))

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

    def _insert(self, rows: str) -> str:
        return (
            f"INSERT INTO {self.name} ({', '.join((*SHARED, *self.columns))})"  # noqa: S608  our own names
            f" {rows} ON CONFLICT (project_id, client_id) DO NOTHING RETURNING client_id, id"
        )


class OneGeneration(Table):
    """A generation that comes alone, with its texts, in one statement planned once.

    A statement alone is a transaction alone: three round trips fewer for the commonest report.
    """

    def insert(self, project_id: int, new: Sequence[New]) -> dict[str, int]:
        """As Table.insert, of one record, and only if nothing waits for it; else nothing."""
        texts = texts_of(project_id, (each.record for each in new))
        values = _bound(project_id, new)
        values[:2] = map(Int8, values[:2])  # or the types depend on how large the ids are
        values += (
            Int8(value) if isinstance(value, int) else value
            for value in blobs.bound(project_id, texts)
        )
        return dict(planned(self._text(len(texts)), values))

    def _text(self, texts: int) -> str:
        """The statement for a generation with one text, or two."""
        if texts not in WRITTEN:
            kinds = [*(KINDS[each] for each in (*SHARED, *self.columns)), *TEXT_KINDS * texts]
            marks = [f"${place}::{kind}" for place, kind in enumerate(kinds, 1)]
            own = len(kinds) - len(TEXT_KINDS) * texts
            sent = (", ".join(each) for each in batched(marks[own:], len(TEXT_KINDS)))
            WRITTEN[texts] = (
                f"WITH new AS ({self._insert(f'SELECT {", ".join(marks[:own])} {NOTHING_ELSE}')}),"  # noqa: S608  our own names
                f" sent ({blobs.COLUMNS}) AS (VALUES {', '.join(f'({each})' for each in sent)}),"
                f" kept AS (INSERT INTO {Blob._meta.db_table} ({blobs.COLUMNS})"
                " SELECT * FROM sent WHERE EXISTS (SELECT FROM new) ON CONFLICT (id) DO NOTHING)"
                " SELECT client_id, id FROM new"
            )
        return WRITTEN[texts]


WRITTEN: dict[int, str] = {}  # by the number of texts
NOTHING_ELSE = (  # is to do: nobody waits for it, and it was not erased
    f"WHERE NOT EXISTS (SELECT FROM {Orphan._meta.db_table}"  # noqa: S608  our own names
    " WHERE project_id = $1 AND wanted = $3 AND state = 'waiting')"  # $1 and $3 as in SHARED
    f" AND NOT {is_buried('generation', '$1', '$3')}"
)
TEXT_KINDS = ("uuid", "bigint", "text", "text")  # of blobs.COLUMNS
KINDS = {
    **dict.fromkeys(("project_id", "key_id"), "bigint"),
    **dict.fromkeys(("client_id", "payload_sha256", "session", "developer"), "text"),
    **dict.fromkeys(("language", "file_path", "repository", "model_name"), "text"),
    **dict.fromkeys(("prompt_id", "output_id"), "uuid"),
    **{"extra": "jsonb", "occurred_at": "timestamptz", "confidence": "float8"},
    **dict.fromkeys(("generation_id", "after_ms"), "bigint"),
    **dict.fromkeys(("kind", "comment", "category", "severity"), "text"),
    **{"value": "float8", "corrected_id": "uuid"},
    **dict.fromkeys(POSITIONS, "integer"),
}

OF_GENERATIONS = (
    "prompt_id",
    "output_id",
    "language",
    "file_path",
    "repository",
    "model_name",
    "confidence",
)
GENERATIONS = Table(Generation._meta.db_table, OF_GENERATIONS, "generation")
ONE_GENERATION = OneGeneration(Generation._meta.db_table, OF_GENERATIONS, "generation")
REACTIONS = Table(
    Reaction._meta.db_table,
    ("generation_id", "kind", "after_ms", "value", "comment"),
    "reaction",
)
CORRECTIONS = Table(
    Correction._meta.db_table,
    ("generation_id", "corrected_id", "category", "severity", "comment", "after_ms", *POSITIONS),
    "correction",
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


def _bound(project_id: int, new: Sequence[New]) -> list[Any]:
    """The values of every row, one after the other."""
    values: list[Any] = []
    for each in new:
        record = each.record
        values += (
            project_id,
            each.key_id,
            record.id,
            each.digest,
            json.dumps(record.model_extra, ensure_ascii=False) if record.model_extra else "{}",
            record.occurred_at or each.at,
            record.session,
            record.developer,
        )
        values += _own(record, project_id, each.parent)
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
