"""What clients left on disk: each line as the request that its client would have sent.

So files go through the same adapters as what is sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from feedback.clients.otlp_files import logs_request, spans_request

VERSION = re.compile(r"\d+\.\d+\.\d+")
CONTINUE_LATEST = "0.2.0"  # what Continue's own folder has
SNAKE = re.compile(r"_([a-z])")


class NotThisFormat(ValueError):
    """The value is nothing that this kind of file holds."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent below a client's base: POST, with a JSON body."""

    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    `requests` says what one line comes to, given where it stands; none where the line is no
    feedback. Raises NotThisFormat. `unknowable` are fields that an adapter takes from the time
    of arrival, which says nothing here.
    """

    name: str
    title: str
    client: str
    files: tuple[str, ...]  # patterns below a folder
    requests: Callable[[PurePath, Any], list[Request]]
    unknowable: tuple[str, ...] = ()


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotThisFormat("a line is a JSON object")
    return value


def _continue(path: PurePath, value: Any) -> list[Request]:
    """`<schema>/<event>.jsonl`, a line an event's data alone; or what was sent, with its name."""
    data = _object(value)
    if isinstance(data.get("data"), dict) and isinstance(data.get("name"), str):
        return [Request("", value)]
    schema = path.parent.name if VERSION.fullmatch(path.parent.name) else data.get("schema")
    named = {"name": path.stem, "data": value, "schema": schema or CONTINUE_LATEST}
    return [Request("", named | {"level": "all"})]


def _tabby(path: PurePath, value: Any) -> list[Request]:
    """`YYYY-MM-DD.json`, a line an event with its user and time."""
    if not isinstance(_object(value).get("event"), dict):
        raise NotThisFormat("a line has a user, ts and an event")
    return [Request("/v1/events", value)]


def _copilot(path: PurePath, value: Any) -> list[Request]:
    """Log records, spans and metrics as Copilot's file exporter or a collector's writes them."""
    told = _object(value)
    if "resourceLogs" in told:
        return [Request("/v1/logs", value)]
    if "resourceSpans" in told:
        return [Request("/v1/traces", value)]
    if "scopeMetrics" in told or "resourceMetrics" in told:
        return []  # sums over time say nothing of a generation
    if "hrTime" in told:
        return [Request("/v1/logs", logs_request(told))]
    if "spanId" in told and "startTime" in told:
        return [Request("/v1/traces", spans_request(told))]
    raise NotThisFormat("a line is a log record, a span or metrics of OpenTelemetry")


def _listed(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a line: one, a list, or a page of the client's own API."""
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]
    for each in value if isinstance(value, list) else [value]:
        yield _object(each)


def _langfuse(path: PurePath, value: Any) -> list[Request]:
    """Scores, observations and traces, of an export's page, its files or the API's answers."""
    scores, events = [], []
    for each in _listed(value):
        told = {SNAKE.sub(lambda found: found[1].upper(), name): of for name, of in each.items()}
        if "dataType" in told or ("name" in told and "value" in told):
            scores.append(told)
        elif isinstance(told.get("id"), str):
            events.append(_langfuse_event(told))
        else:
            raise NotThisFormat("an object is a score, an observation or a trace, with an id")
    sent = [Request("/api/public/scores", scores)] if scores else []
    return [*sent, Request("/api/public/ingestion", {"batch": events})] if events else sent


def _langfuse_event(told: dict[str, Any]) -> dict[str, Any]:
    kind = str(told.get("type") or "trace").lower()
    happened = told.get("startTime") or told.get("timestamp")
    model = told.get("model") or told.get("providedModelName")
    body = told | ({"model": model} if model else {})
    return {"id": told["id"], "type": f"{kind}-create", "timestamp": happened, "body": body}


def _phoenix(path: PurePath, value: Any) -> list[Request]:
    """Annotations, as the API's answers or the rows of a table have them."""
    by_path: dict[str, list[Any]] = {}
    for each in _listed(value):
        about = [name for name in ("span", "trace", "session") if each.get(f"{name}_id")]
        if not about:
            raise NotThisFormat("an annotation has a name and a span_id, trace_id or session_id")
        by_path.setdefault(f"/v1/{about[0]}_annotations", []).append(_nested(each))
    return [Request(path, {"data": rows}) for path, rows in by_path.items()]


def _nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """`result.score` as a column, as a table has it, is `score` in `result`."""
    result = {
        name: row[column]
        for name in ("label", "score", "explanation")
        for column in (name, f"result.{name}")
        if row.get(column) is not None
    }
    return {**row, "result": row["result"] if isinstance(row.get("result"), dict) else result}


FORMATS = {
    each.name: each
    for each in (
        Format(
            "continue",
            "Continue's development data, ~/.continue/dev_data",
            "continue",
            ("**/*.jsonl",),
            _continue,
            unknowable=("after_ms", "clock_skew"),
        ),
        Format("tabby", "a Tabby server's events, ~/.tabby/events", "tabby", ("*.json",), _tabby),
        Format("copilot", "Copilot's otel.outfile", "otlp", ("**/*.jsonl", "**/*.json"), _copilot),
        Format("langfuse", "an export of Langfuse", "langfuse", ("**/*.json*",), _langfuse),
        Format("phoenix", "annotations of Phoenix", "phoenix", ("**/*.json*",), _phoenix),
    )
}
