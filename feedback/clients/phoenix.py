"""Phoenix' annotations: labels, scores and notes on spans and traces."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback.clients import otlp
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
from feedback.clients.telling import fingerprint, join_key, moment

NAME = "phoenix"
VERSION = "v1"
PATHS = ("/v1/span_annotations", "/v1/trace_annotations", "/v1/session_annotations")
SPANS = Route("POST", "/v1/traces", (JSON, PROTOBUF))
CLIENT = Client(
    name=NAME,
    title="Phoenix",
    routes=(*(Route("POST", path) for path in PATHS), SPANS),
    versions=(VERSION,),
    retries=False,
    credentials=("bearer",),
)
IDS = ("span_id", "trace_id", "session_id")


def read(arrived: Arrived) -> Reading:
    """A list of annotations."""
    if arrived.path.rstrip("/") == SPANS.path:
        return otlp.read(arrived)
    if arrived.problem:
        return _read(unreadable(arrived))
    sent = arrived.value.get("data") if isinstance(arrived.value, dict) else None
    if not isinstance(sent, list):
        return _read(unreadable(arrived, "annotations come as a list, data"))
    return _read(*(item(each, arrived.at) for each in sent))


def _read(*items: Item) -> Reading:
    return Reading(items, always(_reply(items)))


def item(original: Any, at: datetime) -> Item:
    """One annotation; the same name, target and identifier with other content stands beside it."""
    if otlp.is_one(original):
        return otlp.item(original, at)
    sent = fields_of(original)
    about = next((key for name in IDS if (key := join_key(sent.get(name)))), "")
    if not about or not isinstance(sent.get("name"), str):
        return Item(original, VERSION, problem="an annotation has a name and a span_id")
    return Item(original, VERSION, tuple(_records(sent, about, at)))


def _records(sent: dict[str, Any], about: str, at: datetime) -> list[Record]:
    if sent.get("annotator_kind", "HUMAN") != "HUMAN":
        return []  # what a judge or a program says is nobody's reaction
    result = fields_of(sent.get("result"))
    metadata = fields_of(sent.get("metadata"))
    label, score = result.get("label"), result.get("score")
    told = {
        "occurred_at": moment(sent.get("updated_at") or sent.get("created_at"), at),
        "session": sent.get("session_id"),
        "developer": metadata.get("user") or metadata.get("user_id") or sent.get("user_id"),
        "after_ms": delay_of(metadata),
        "metadata": metadata or None,
    }
    made = Score(
        about,
        sent["name"],
        label if score is None else score,
        label=label,
        comment=result.get("explanation"),
        told=told,
        identity=(sent.get("identifier"),),
    )
    return records_of(NAME, made)


def _reply(items: Sequence[Item]) -> Reply:
    """Ids for all that was kept, as a server answers that has written before it answers."""
    if items and all(each.problem for each in items):
        return json_reply({"detail": f"{items[0].problem}; kept in quarantine"}, 422)
    made = (fingerprint(NAME, each.original).partition(":")[2][:16] for each in items)
    return json_reply({"data": [{"id": id} for id in made]})
