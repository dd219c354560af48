"""Langfuse: scores in the current and the older shapes, and the older batch of events.

Its client sends no batch again, whatever the answer says; so what can be kept is kept, and
answered as accepted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from feedback.clients import otlp
from feedback.clients.messages import output_of, prompt_of
from feedback.clients.reading import (
    JSON,
    PROTOBUF,
    Arrived,
    Client,
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
from feedback.clients.telling import fingerprint, generation, join_key, moment

NAME = "langfuse"
SCORE, EVENT = "score", "event"
NAMED = {"id": "emend", "name": "Emend", "metadata": {}}
PROJECT = NAMED | {"organization": NAMED}  # what the client asks for to see that its keys are good
SPANS = Route("POST", "/api/public/otel/v1/traces", (JSON, PROTOBUF))
CLIENT = Client(
    name=NAME,
    title="Langfuse",
    routes=(
        Route("POST", "/api/public/scores"),
        Route("POST", "/api/public/ingestion"),
        Route("GET", "/api/public/health"),
        Route("GET", "/api/public/projects"),
        SPANS,
    ),
    versions=(SCORE, EVENT, otlp.VERSION),
    retries=False,
    credentials=("basic", "bearer"),
)


def read(arrived: Arrived) -> Reading:
    """Scores, one or many; a batch of events; or a question whether we are there."""
    if arrived.path.rstrip("/") == SPANS.path:
        return otlp.read(arrived)
    path = arrived.path.rstrip("/")
    if path == "/api/public/health":
        return Reading((), always(json_reply({"status": "OK", "version": "3.0.0"})))
    if path == "/api/public/projects":
        return Reading((), always(json_reply({"data": [PROJECT]})))
    if path == "/api/public/ingestion":
        return _batch(arrived)
    sent = arrived.value
    if arrived.problem or not isinstance(sent, dict | list):
        return _nothing(arrived, "scores come as a list")
    if isinstance(sent, dict):
        return Reading((item(sent, arrived.at),), always(_one(_score_id(sent))))
    found = tuple(item(each, arrived.at) for each in sent)
    return Reading(found, always(_many(found)))


def item(original: Any, at: datetime) -> Item:
    """A score, or an event of the older batch: what has a type and a body."""
    if otlp.is_one(original):
        return otlp.item(original, at)
    if not isinstance(original, dict):
        return Item(original, SCORE, problem="a score is a JSON object")
    body = original.get("body")
    if not isinstance(body, dict) or not isinstance(original.get("type"), str):
        return _score(original, original, at, SCORE)
    if original["type"] == "score-create":
        return _score(original, {"timestamp": original.get("timestamp")} | body, at, EVENT)
    records = _told(original["type"], body, original, at)
    return Item(original, EVENT, tuple(records))


def _score(original: Any, sent: Mapping[str, Any], at: datetime, version: str) -> Item:
    names = ("observationId", "traceId", "sessionId")
    about = next((key for name in names if (key := join_key(sent.get(name)))), "")
    if not about or not isinstance(sent.get("name"), str):
        return Item(original, version, problem="a score has a name and a traceId")
    metadata = fields_of(sent.get("metadata"))
    told = {
        "occurred_at": moment(sent.get("timestamp"), at),
        "session": sent.get("sessionId"),
        "developer": metadata.get("user") or metadata.get("user_id"),
        "after_ms": delay_of(metadata),
        "metadata": metadata or None,
    }
    made = Score(
        about,
        sent["name"],
        _value(sent),
        label=sent.get("stringValue"),
        comment=sent.get("comment"),
        is_correction=sent.get("dataType") == "CORRECTION",
        told=told,
        identity=(sent.get("id"), None if sent.get("id") else sent.get("timestamp")),
    )
    return Item(original, version, tuple(records_of(NAME, made)))


def _value(sent: Mapping[str, Any]) -> Any:
    value = sent.get("value")
    is_truth = sent.get("dataType") == "BOOLEAN" and value in (0, 1)
    return bool(value) if is_truth else value


def _told(
    type: str, body: Mapping[str, Any], event: Mapping[str, Any], at: datetime
) -> list[Record]:
    """A generation or a trace that has its output; before that, it is only kept."""
    output = output_of(body.get("output"))
    key = join_key(body.get("id"))
    is_generation = type.startswith("generation-")
    if output is None or not key or not (is_generation or type == "trace-create"):
        return []
    trace = join_key(body.get("traceId")) if is_generation else ""
    return [
        generation(
            key,
            output,
            aliases=[trace] if trace else [],
            prompt=prompt_of(body.get("input")),
            model_name=body.get("model"),
            session=body.get("sessionId"),
            developer=body.get("userId"),
            occurred_at=moment(
                body.get("startTime") or body.get("timestamp") or event.get("timestamp"), at
            ),
            metadata=body.get("metadata"),
        )
    ]


def _batch(arrived: Arrived) -> Reading:
    sent = arrived.value.get("batch") if isinstance(arrived.value, dict) else None
    if arrived.problem or not isinstance(sent, list):
        return _nothing(arrived, "send a batch, a list")
    ids = [each.get("id") if isinstance(each, dict) else None for each in sent]
    found = tuple(item(each, arrived.at) for each in sent)
    return Reading(found, always(_each(ids, found)))


def _nothing(arrived: Arrived, why: str) -> Reading:
    found = unreadable(arrived, arrived.problem or why)
    return Reading((found,), always(_many([found])))


def _score_id(sent: Mapping[str, Any]) -> str:
    return join_key(sent.get("id")) or fingerprint(NAME, sent).partition(":")[2][:32]


def _one(made: str) -> Reply:
    """As the older API answers a single score."""
    return json_reply({"id": made})


def _many(items: Sequence[Item]) -> Reply:
    """202 where every score was understood, else 207 with why not."""
    errors = [{"message": each.problem} for each in items if each.problem]
    if not errors:
        return json_reply({"message": "Accepted"}, 202)
    accepted = len(items) - len(errors)
    return json_reply({"accepted": accepted, "rejected": len(errors), "errors": errors}, 207)


def _each(ids: Sequence[Any], items: Sequence[Item]) -> Reply:
    """As the older batch is answered: by the id of each event."""
    answer: dict[str, list[dict[str, Any]]] = {"successes": [], "errors": []}
    for id, found in zip(ids, items, strict=True):
        if found.problem:
            answer["errors"].append({"id": id, "status": 400, "message": found.problem})
        else:
            answer["successes"].append({"id": id, "status": 201})
    return json_reply(answer, 207)
