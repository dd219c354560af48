"""Lines of correction and telemetry files, as the records a client would have sent.

A correction line has `rejected` (the output) and `chosen` (the corrected code, or null: then the
output was refused). A telemetry line has `suggestion` and `decision`. Fields that records have no
place for are kept as extra fields; PostgreSQL cannot keep a NUL, so there it is written ␀.
"""

from collections.abc import Mapping
from typing import Any

KINDS = {
    "accept": "accepted",
    "edit": "edited",
    "reject": "rejected",
    "copied": "copied",
    "not_copied": "shown",
}
PLACED = {
    *("id", "prompt", "rejected", "chosen", "suggestion", "language", "file_path", "model"),
    *("confidence", "user", "session", "event_time", "time_to_decision_ms", "comment"),
}


class NotAPackLine(ValueError):
    """The line is no correction and no telemetry event."""


def records_of(line: Any) -> list[dict[str, Any]]:
    """A generation, and what was said of it. Raises NotAPackLine.

    The pack's own ids make loading it twice harmless.
    """
    if not isinstance(line, dict) or not isinstance(line.get("id"), str):
        raise NotAPackLine("a line is a JSON object with an id")
    if "rejected" in line:
        said = _correction(line) if line.get("chosen") is not None else _reaction(line, "rejected")
        return [_generation(line, line["rejected"]), said]
    if "suggestion" in line:
        kind = KINDS.get(str(line.get("decision")))
        if kind is None:
            raise NotAPackLine(f"decision is one of {', '.join(KINDS)}")
        return [_generation(line, line["suggestion"]), _reaction(line, kind)]
    raise NotAPackLine("a line has rejected (a correction) or suggestion (an event)")


def _generation(line: Mapping[str, Any], output: Any) -> dict[str, Any]:
    provenance = line.get("provenance")
    return {
        "type": "generation",
        "prompt": line.get("prompt"),
        "output": output,
        "language": line.get("language"),
        "file_path": line.get("file_path"),
        "repository": provenance.get("source_repo") if isinstance(provenance, dict) else None,
        "model_name": line.get("model") or _author(line),
        "confidence": line.get("confidence"),
        **_shared(line),
    }


def _author(line: Mapping[str, Any]) -> str | None:
    """The model that wrote the output, where a model did."""
    kind, _, name = str(line.get("rejected_origin") or "").partition(":")
    return name if kind == "llm" else None


def _correction(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_extra(line),
        "type": "correction",
        "generation": line["id"],
        "corrected": line["chosen"],
        "category": line.get("category"),
        "comment": line.get("comment"),
        "after_ms": line.get("time_to_decision_ms"),
        **_shared(line),
    }


def _reaction(line: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        **_extra(line),
        "type": "reaction",
        "generation": line["id"],
        "kind": kind,
        "after_ms": line.get("time_to_decision_ms"),
        "comment": line.get("comment"),
        **_shared(line),
    }


def _shared(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": line["id"],
        "session": line.get("session"),
        "developer": line.get("user"),
        "occurred_at": line.get("event_time"),
    }


def _extra(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _storable(value) for name, value in line.items() if name not in PLACED}


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "␀")
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    return value
