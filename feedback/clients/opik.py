"""Opik: traces and spans with their texts, and feedback scores on them.

Its client keeps what it could not deliver and sends it again, gzip and all.
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
from feedback.clients.scores import Score, records_of
from feedback.clients.telling import generation, join_key, moment

NAME = "opik"
VERSION = "v1"
BASE = "/api/v1/private"
SCORES = (
    f"{BASE}/traces/feedback-scores",
    f"{BASE}/spans/feedback-scores",
    f"{BASE}/traces/threads/feedback-scores",
)
BATCHES = (f"{BASE}/traces/batch", f"{BASE}/spans/batch")
SPANS = Route("POST", "/api/v1/private/otel/v1/traces", (JSON, PROTOBUF))
CLIENT = Client(
    name=NAME,
    title="Opik",
    routes=(
        *(Route("PUT", path) for path in SCORES),
        *(Route("POST", path) for path in BATCHES),
        Route("PATCH", BASE + "/traces/{trace}"),
        Route("PATCH", BASE + "/spans/{span}"),
        Route("PUT", BASE + "/traces/{trace}/feedback-scores"),
        Route("PUT", BASE + "/spans/{span}/feedback-scores"),
        Route("GET", "/api/is-alive/ping"),
        Route("GET", "/is-alive/ping"),
        SPANS,
    ),
    versions=(VERSION,),
    retries=True,
    credentials=("raw", "bearer"),
)
LISTS = ("scores", "traces", "spans")


def read(arrived: Arrived) -> Reading:
    """A list of scores, traces or spans, one of them by its id in the path, or a ping."""
    if arrived.path.rstrip("/") == SPANS.path:
        return otlp.read(arrived)
    if arrived.method == "GET":
        return Reading((), always(json_reply({"message": "Healthy Server", "healthy": True})))
    sent = fields_of(arrived.value)
    listed = next((name for name in LISTS if isinstance(sent.get(name), list)), "")
    named = arrived.names.get("trace") or arrived.names.get("span")
    if arrived.problem or not (listed or (named and sent)):
        why = arrived.problem or "send scores, traces or spans, a list"
        return _kept(unreadable(arrived, why))
    if named:
        return _kept(item({"as": _kind(arrived), **sent, "id": named}, arrived.at))
    each = [{"as": listed, **one} if isinstance(one, dict) else one for one in sent[listed]]
    return _kept(*(item(one, arrived.at) for one in each))


def _kept(*items: Item) -> Reading:
    return Reading(items, always(_reply(items)))


def item(original: Any, at: datetime) -> Item:
    """A score, a trace or a span, with what kind it is under `as`."""
    if otlp.is_one(original):
        return otlp.item(original, at)
    sent = fields_of(original)
    key = join_key(sent.get("id")) or join_key(sent.get("thread_id"))
    if not key:
        return Item(original, VERSION, problem="a score, trace or span has an id")
    if sent.get("as") != "scores":
        return Item(original, VERSION, tuple(_made(sent, key, at)))
    if not isinstance(sent.get("name"), str):
        return Item(original, VERSION, problem="a score has a name")
    return Item(original, VERSION, tuple(_scored(sent, key)))


def _kind(arrived: Arrived) -> str:
    return "scores" if arrived.path.rstrip("/").endswith("/feedback-scores") else "traces"


def _made(sent: Mapping[str, Any], key: str, at: datetime) -> list[Record]:
    """A generation, once its output is known: a trace, or the span of a model's call."""
    output = output_of(sent.get("output"))
    if output is None or (sent.get("as") == "spans" and sent.get("type") != "llm"):
        return []
    trace = join_key(sent.get("trace_id"))
    metadata = fields_of(sent.get("metadata"))
    return [
        generation(
            key,
            output,
            aliases=[trace] if trace else [],
            prompt=prompt_of(sent.get("input")),
            model_name=sent.get("model"),
            session=sent.get("thread_id"),
            developer=metadata.get("user") or metadata.get("user_id"),
            occurred_at=moment(sent.get("start_time"), at),
            metadata=metadata or None,
        )
    ]


def _scored(sent: Mapping[str, Any], key: str) -> list[Record]:
    score = Score(
        key,
        sent["name"],
        sent.get("value"),
        label=sent.get("category_name"),
        comment=sent.get("reason"),
        told={"session": sent.get("thread_id")},
        identity=(sent.get("source"),),
    )
    return records_of(NAME, score)


def _reply(items: Sequence[Item]) -> Reply:
    if items and all(each.problem for each in items):
        return json_reply({"errors": [f"{items[0].problem}; kept in quarantine"]}, 400)
    return Reply(204)
