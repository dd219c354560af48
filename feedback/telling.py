"""A captured row in words: the record as it could be reported again, and when it came."""

from collections.abc import Callable
from typing import Any

from feedback.models import Correction, Generation, Quarantined, Reaction, Reported


def told(row: Generation | Reaction | Correction | Quarantined) -> dict[str, Any]:
    """JSON values; moments are datetimes."""
    return TELLERS[type(row)](row)


def _generation(row: Generation) -> dict[str, Any]:
    return _reported(
        row,
        type="generation",
        prompt=row.prompt.text,
        output=row.output.text,
        language=row.language,
        file_path=row.file_path,
        repository=row.repository,
        model_name=row.model_name,
        confidence=row.confidence,
        aliases=sorted(alias.name for alias in row.aliases.all()),
    )


def _reaction(row: Reaction) -> dict[str, Any]:
    return _reported(
        row,
        type="reaction",
        generation=row.generation.client_id,
        kind=row.kind,
        after_ms=row.after_ms,
        value=row.value,
        comment=row.comment,
    )


def _correction(row: Correction) -> dict[str, Any]:
    start = {"line": row.start_line, "column": row.start_column}
    end = {"line": row.end_line, "column": row.end_column}
    return _reported(
        row,
        type="correction",
        generation=row.generation.client_id,
        corrected=row.corrected.text,
        span=None if row.start_line is None else {"start": start, "end": end},
        category=row.category,
        severity=row.severity,
        comment=row.comment,
        after_ms=row.after_ms,
    )


def _reported(row: Reported, **own: Any) -> dict[str, Any]:
    """Fields the client sent that we do not know come along, and never in place of one of ours."""
    shared = {
        "id": row.client_id,
        "occurred_at": row.occurred_at,
        "session": row.session,
        "developer": row.developer,
    }
    record = row.extra | own | shared
    return {"stored_id": row.pk, "received_at": row.received_at, "record": record}


def _quarantined(row: Quarantined) -> dict[str, Any]:
    return {
        "stored_id": row.pk,
        "held_at": row.held_at,
        "state": row.state,
        "reason": row.reason,
        "client": row.original.client,
        "version": row.original.version,
        "received_at": row.original.received_at,
        "event": row.original.body,
    }


TELLERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    Generation: _generation,
    Reaction: _reaction,
    Correction: _correction,
    Quarantined: _quarantined,
}
