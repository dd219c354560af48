"""MLflow's assessments: feedback and expectations on a trace.

The client sends a POST up to seven times and gives it no id of its own: the same trace, name,
source, time and value is the same assessment.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from feedback.clients import otlp
from feedback.clients.reading import (
    JSON,
    PROTOBUF,
    Arrived,
    Client,
    Fate,
    Item,
    Reading,
    Record,
    Reply,
    Route,
    always,
    fields_of,
    json_reply,
    unreadable,
)
from feedback.clients.scores import Score, delay_of, records_of
from feedback.clients.telling import fingerprint, join_key, moment

NAME = "mlflow"
VERSION = "3.0"
ALL = "/api/3.0/mlflow/traces/{trace}/assessments"
ONE = ALL + "/{assessment}"
SPANS = Route("POST", "/v1/traces", (JSON, PROTOBUF))
CLIENT = Client(
    name=NAME,
    title="MLflow",
    routes=(Route("POST", ALL), Route("PATCH", ONE), Route("DELETE", ONE), SPANS),
    versions=(VERSION, otlp.VERSION),
    retries=True,
    credentials=("bearer", "basic"),
)
PEOPLE = ("HUMAN", "")  # what a judge or a program says is kept, and is nobody's reaction


def read(arrived: Arrived) -> Reading:
    """An assessment made, changed or taken back."""
    if arrived.path.rstrip("/") == SPANS.path:
        return otlp.read(arrived)
    if arrived.problem:
        return _refused(unreadable(arrived))
    sent = fields_of(arrived.value)
    original = {
        "method": arrived.method,
        "trace": arrived.names.get("trace"),
        "assessment": arrived.names.get("assessment"),
        "body": arrived.value,
    }
    found = item(original, arrived.at)
    if found.problem:
        return _refused(found)
    if arrived.method == "DELETE":
        return Reading((found,), always(json_reply({})))
    return Reading((found,), _stored(original, sent, arrived.at))


def item(original: Any, at: datetime) -> Item:
    """An assessment with the trace it is of; a change stands beside what it changes."""
    if otlp.is_one(original):
        return otlp.item(original, at)
    kept = fields_of(original)
    trace = join_key(kept.get("trace"))
    body = fields_of(kept.get("body"))
    if trace and kept.get("method") == "DELETE":
        return Item(original, VERSION)  # nothing is taken away; who reads the original knows
    told = body.get("assessment")
    if not trace or not isinstance(told, dict) or not isinstance(told.get("assessment_name"), str):
        return Item(original, VERSION, problem="an assessment has a trace and a name")
    about = join_key(told.get("span_id")) or trace
    return Item(
        original,
        VERSION,
        tuple(_records(kept, told, about, at)),
        identity=_identity(kept, told) if kept.get("method") == "POST" else "",
    )


def _records(
    kept: Mapping[str, Any], told: Mapping[str, Any], about: str, at: datetime
) -> list[Record]:
    source = fields_of(told.get("source"))
    if source.get("source_type", "") not in PEOPLE:
        return []
    value = _value(told)
    score = Score(
        about,
        told["assessment_name"],
        value,
        comment=told.get("rationale"),
        is_correction="expectation" in told and isinstance(value, str),
        told={
            "occurred_at": moment(told.get("last_update_time") or told.get("create_time"), at),
            "developer": source.get("source_id"),
            "after_ms": delay_of(told.get("metadata")),
            "metadata": told.get("metadata"),
            "supersedes": kept.get("assessment") or told.get("overrides"),
        },
        identity=(source, told.get("create_time"), kept.get("assessment")),
    )
    return records_of(NAME, score)


def _value(told: Mapping[str, Any]) -> Any:
    for kind in ("feedback", "expectation"):
        part = told.get(kind)
        if isinstance(part, dict):
            value = part.get("value", _serialized(part.get("serialized_value")))
            return value if not isinstance(value, list | dict) else json.dumps(value)
    return None


def _serialized(part: Any) -> Any:
    if not isinstance(part, dict) or not isinstance(part.get("value"), str):
        return None
    try:
        return json.loads(part["value"])
    except (ValueError, RecursionError):
        return part["value"]


def _identity(kept: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    named = ("assessment_name", "source", "create_time", "feedback", "expectation", "span_id")
    return fingerprint(NAME, kept.get("trace"), *(told.get(name) for name in named))


def _stored(
    original: Mapping[str, Any], sent: Mapping[str, Any], at: datetime
) -> Callable[[Sequence[Fate]], Reply]:
    """The whole assessment back, with the id under which it can be changed."""
    told = dict(sent.get("assessment") or {})
    made = f"a-{_identity(original, told).partition(':')[2][:32]}"
    now = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    whole = {
        "source": {"source_type": "HUMAN", "source_id": "default"},
        "create_time": now,
        "last_update_time": now,
        **told,
        "trace_id": original["trace"],
        "assessment_id": original["assessment"] or made,
    }
    return always(json_reply({"assessment": whole}))


def _refused(found: Item) -> Reading:
    why = f"{found.problem}; kept in quarantine"
    told = {"error_code": "INVALID_PARAMETER_VALUE", "message": why}
    return Reading((found,), always(json_reply(told, 400)))
