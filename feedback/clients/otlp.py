"""OpenTelemetry over HTTP: logs and traces of Copilot, Claude Code, Codex and any other program."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from feedback.clients import otlp_events, otlp_spans
from feedback.clients.otlp_wire import LOG, SPAN, Undecodable, originals, reply
from feedback.clients.reading import (
    JSON,
    PROTOBUF,
    Arrived,
    Became,
    Client,
    Fate,
    Item,
    Reading,
    Reply,
    Route,
    always,
    fields_of,
    unreadable,
)

NAME = "otlp"
VERSION = "v1"
BOTH = (JSON, PROTOBUF)
CLIENT = Client(
    name=NAME,
    title="OpenTelemetry (Copilot, Claude Code, Codex)",
    routes=(
        Route("POST", "/v1/logs", BOTH),
        Route("POST", "/v1/traces", BOTH),
        Route("POST", "/v1/metrics", BOTH),
    ),
    versions=(VERSION,),
    retries=True,
    credentials=("bearer", "x-api-key", "path"),
)
READERS = {LOG: otlp_events.records_of, SPAN: otlp_spans.records_of}


def read(arrived: Arrived) -> Reading:
    """Log records or spans; metrics say nothing of a generation and are not kept."""
    path = arrived.path.rstrip("/")
    if path.endswith("/v1/metrics"):
        return Reading((), always(reply(arrived, LOG, 0, "")))
    signal = SPAN if path.endswith("/v1/traces") else LOG
    if arrived.problem:
        return Reading((unreadable(arrived),), _reply(arrived, signal, 400))
    try:
        found = originals(arrived, signal)
    except Undecodable as error:
        return Reading((unreadable(arrived, str(error)),), _reply(arrived, signal, 400))
    return Reading(tuple(item(each, arrived.at) for each in found), _reply(arrived, signal, 200))


def item(original: Any, at: datetime) -> Item:
    """A log record or a span, with the attributes of its resource."""
    kept = fields_of(original)
    record, signal = kept.get("record"), str(kept.get("signal"))
    if not isinstance(record, dict) or signal not in READERS:
        return Item(original, VERSION, problem="a log record or a span is a JSON object")
    records = READERS[signal](record, fields_of(kept.get("resource")), at)
    return Item(original, VERSION, tuple(records))


def is_one(original: Any) -> bool:
    """Whether an original of another client came over this protocol."""
    return str(fields_of(original).get("signal")) in READERS


def _reply(arrived: Arrived, signal: str, status: int) -> Callable[[Sequence[Fate]], Reply]:
    def answer(fates: Sequence[Fate]) -> Reply:
        refused = [fate for fate in fates if fate.became is Became.QUARANTINED]
        why = f"{refused[0].detail}; kept in quarantine" if refused else ""
        return reply(arrived, signal, len(refused), why, status)

    return answer
