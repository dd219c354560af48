"""OTLP as it travels: protobuf or JSON in, one JSON object per log record or span out.

The JSON mapping of OTLP is protobuf's own, but for ids, which are hex in place of base64.
"""

import base64
import math
from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from feedback.clients.reading import PROTOBUF, Arrived, Reply, fields_of, json_reply

LOG, SPAN = "log", "span"
REQUESTS: dict[str, Any] = {LOG: ExportLogsServiceRequest, SPAN: ExportTraceServiceRequest}
RESPONSES: dict[str, Any] = {LOG: ExportLogsServiceResponse, SPAN: ExportTraceServiceResponse}
# Where each signal's records are, and what the answer calls those it did not take
PLACES = {
    LOG: ("resourceLogs", "scopeLogs", "logRecords"),
    SPAN: ("resourceSpans", "scopeSpans", "spans"),
}
REJECTED = {LOG: "rejectedLogRecords", SPAN: "rejectedSpans"}
IDS = ("traceId", "spanId", "parentSpanId")
DEEPEST = 20


class Undecodable(ValueError):
    """The body is not what its content type says."""


def originals(arrived: Arrived, signal: str) -> list[dict[str, Any]]:
    """Each record with its signal, the attributes of its resource and the name of its scope.

    Raises Undecodable.
    """
    sent, outer, inner, records = _sent(arrived, signal), *PLACES[signal]
    if not isinstance(sent, dict) or not isinstance(sent.get(outer, []), list):
        raise Undecodable(f"{outer} is a list")
    found = []
    for resource in _objects(sent.get(outer)):
        told = attributes_of(fields_of(resource.get("resource")).get("attributes"))
        for scope in _objects(resource.get(inner)):
            name = fields_of(scope.get("scope")).get("name")
            found += [
                {"signal": signal, "resource": told, "scope": name, "record": _plain(record)}
                for record in _objects(scope.get(records))
            ]
    return found


def attributes_of(listed: Any) -> dict[str, Any]:
    """Keys and values as plain JSON; whole numbers that came as text are numbers."""
    return {
        each["key"]: value_of(each.get("value"))
        for each in _objects(listed)
        if isinstance(each.get("key"), str)
    }


def value_of(value: Any, depth: int = 0) -> Any:
    """What an AnyValue holds; None where it holds nothing that JSON has."""
    held = fields_of(value)
    if depth > DEEPEST:
        return None
    for name in ("stringValue", "boolValue", "bytesValue"):
        if name in held:
            return held[name]
    if "intValue" in held:
        return _whole(held["intValue"])
    if "doubleValue" in held:
        number = held["doubleValue"]
        return number if isinstance(number, int | float) and math.isfinite(number) else None
    if "arrayValue" in held:
        listed = _objects(fields_of(held["arrayValue"]).get("values"))
        return [value_of(each, depth + 1) for each in listed]
    if "kvlistValue" in held:
        return _pairs(fields_of(held["kvlistValue"]).get("values"), depth)
    return None


def reply(arrived: Arrived, signal: str, refused: int, why: str, status: int = 200) -> Reply:
    """Success, partial where some records were not understood; in the type that was sent.

    A client must not send again what is refused here; all of it is kept in quarantine.
    """
    partial = {REJECTED[signal]: str(refused), "errorMessage": why} if refused else {}
    if arrived.content_type != PROTOBUF:
        return json_reply({"partialSuccess": partial} if partial else {}, status)
    answer = RESPONSES[signal]()
    if refused:
        answer.partial_success.error_message = why
        setattr(answer.partial_success, _snake(REJECTED[signal]), refused)
    return Reply(status, answer.SerializeToString(), PROTOBUF)


def _sent(arrived: Arrived, signal: str) -> Any:
    if arrived.content_type != PROTOBUF:
        return arrived.value
    try:
        request = REQUESTS[signal].FromString(arrived.body)
    except DecodeError as error:
        raise Undecodable(f"not protobuf: {error}") from None
    return MessageToDict(request, use_integers_for_enums=True)


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its attributes as a plain object and its ids in hex."""
    plain = dict(record) | {name: _hex(record[name]) for name in IDS if name in record}
    if "attributes" in record:
        plain["attributes"] = attributes_of(record["attributes"])
    if "events" in record:
        plain["events"] = [
            dict(each) | {"attributes": attributes_of(each.get("attributes"))}
            for each in _objects(record["events"])
        ]
    return plain


def _hex(sent: Any) -> str:
    """Sixteen or thirty-two hex digits, from those or from their base64; "" for no id."""
    if not isinstance(sent, str) or not sent.strip("0"):
        return ""
    if len(sent) in (16, 32):
        return sent.lower()
    try:
        return base64.b64decode(sent, validate=True).hex()
    except ValueError:
        return sent[:64]


def _whole(sent: Any) -> int | None:
    try:
        number = int(sent)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 2**63 else None


def _pairs(listed: Any, depth: int) -> dict[str, Any]:
    return {
        each["key"]: value_of(each.get("value"), depth + 1)
        for each in _objects(listed)
        if isinstance(each.get("key"), str)
    }


def _objects(listed: Any) -> list[dict[str, Any]]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
