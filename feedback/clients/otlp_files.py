"""Log records and spans as OpenTelemetry's JavaScript objects print, and as OTLP has them.

Copilot's file exporter writes its objects as they are: one a line, fields of the class with a
leading underscore, times as seconds and nanoseconds.
"""

from collections.abc import Mapping
from typing import Any

type Printed = Mapping[str, Any]


def logs_request(printed: Printed) -> dict[str, Any]:
    """One log record as a request to /v1/logs."""
    context = _of(printed, "spanContext")
    record = {
        "timeUnixNano": _nanoseconds(printed.get("hrTime")),
        "observedTimeUnixNano": _nanoseconds(printed.get("hrTimeObserved")),
        "severityNumber": _field(printed, "severityNumber"),
        "eventName": _field(printed, "eventName"),
        "body": _value(_field(printed, "body")),
        "attributes": _attributes(printed.get("attributes")),
        "traceId": context.get("traceId"),
        "spanId": context.get("spanId"),
    }
    scope = {"scope": _scope(printed), "logRecords": [_said(record)]}
    return {"resourceLogs": [{"resource": _resource(printed), "scopeLogs": [scope]}]}


def spans_request(printed: Printed) -> dict[str, Any]:
    """One span as a request to /v1/traces."""
    events = printed.get("events")
    span = {
        "traceId": printed.get("traceId"),
        "spanId": printed.get("spanId"),
        "parentSpanId": printed.get("parentSpanId"),
        "name": printed.get("name"),
        "kind": printed["kind"] + 1 if isinstance(printed.get("kind"), int) else None,
        "startTimeUnixNano": _nanoseconds(printed.get("startTime")),
        "endTimeUnixNano": _nanoseconds(printed.get("endTime")),
        "attributes": _attributes(printed.get("attributes")),
        "events": [_event(each) for each in events if isinstance(each, dict)]
        if isinstance(events, list)
        else None,
        "status": printed.get("status"),
    }
    scope = {"scope": _scope(printed), "spans": [_said(span)]}
    return {"resourceSpans": [{"resource": _resource(printed), "scopeSpans": [scope]}]}


def _event(printed: Printed) -> dict[str, Any]:
    return _said(
        {
            "timeUnixNano": _nanoseconds(printed.get("time")),
            "name": printed.get("name"),
            "attributes": _attributes(printed.get("attributes")),
        }
    )


def _field(printed: Printed, name: str) -> Any:
    return printed.get(name, printed.get(f"_{name}"))


def _of(printed: Printed, name: str) -> Printed:
    found = printed.get(name)
    return found if isinstance(found, dict) else {}


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _scope(printed: Printed) -> dict[str, Any]:
    scope = _of(printed, "instrumentationScope")
    return _said({"name": scope.get("name"), "version": scope.get("version")})


def _resource(printed: Printed) -> dict[str, Any]:
    resource = _of(printed, "resource")
    raw = resource.get("_rawAttributes")
    pairs = raw if isinstance(raw, list) else []
    listed = {each[0]: each[1] for each in pairs if isinstance(each, list) and len(each) == 2}
    return {"attributes": _attributes(resource.get("attributes") or _named(listed))}


def _named(pairs: dict[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in pairs.items() if isinstance(name, str)}


def _attributes(values: Any) -> list[dict[str, Any]]:
    named = values if isinstance(values, dict) else {}
    return [
        {"key": name, "value": value}
        for name, each in named.items()
        if (value := _value(each)) is not None
    ]


def _value(value: Any) -> dict[str, Any] | None:
    """OTLP's AnyValue; whole numbers are texts in its JSON."""
    match value:
        case None:
            return None
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case str():
            return {"stringValue": value}
        case list():
            return {"arrayValue": {"values": [found for each in value if (found := _value(each))]}}
        case _:
            return {"kvlistValue": {"values": _attributes(value)}}


def _nanoseconds(time: Any) -> str | None:
    match time:
        case [int(seconds), int(nanoseconds)]:
            return str(seconds * 10**9 + nanoseconds)
    return None
