"""Files that clients left on disk, read as the requests that their clients would have sent."""

import json
from io import BytesIO
from pathlib import PurePath

import pytest

from feedback.clients.filed import FORMATS, NotThisFormat
from feedback.lines import Reader, head_of


def requests(format, value, path="0.2.0/autocomplete.jsonl"):
    return [(each.path, each.value) for each in FORMATS[format].requests(PurePath(path), value)]


def test_continue_keeps_data_alone_in_a_file_named_for_the_event():
    data = {"accepted": True, "completion": "x"}
    [(path, sent)] = requests("continue", data)
    assert path == ""
    assert (sent["name"], sent["schema"], sent["data"]) == ("autocomplete", "0.2.0", data)
    [(_, older)] = requests("continue", data, "0.1.0/chatFeedback.jsonl")
    assert (older["name"], older["schema"]) == ("chatFeedback", "0.1.0")
    [(_, elsewhere)] = requests("continue", data | {"schema": "0.1.0"}, "mine/quickEdit.jsonl")
    assert elsewhere["schema"] == "0.1.0"
    whole = {"name": "editOutcome", "data": data, "schema": "0.2.0"}
    assert requests("continue", whole) == [("", whole)]


def test_tabby_keeps_events_with_their_user_and_time():
    line = {"user": None, "ts": 1, "event": {"select": {"completion_id": "cmpl-1"}}}
    assert requests("tabby", line) == [("/v1/events", line)]


LOG = {
    "hrTime": [1782578510, 649000000],
    "hrTimeObserved": [1782578510, 650000000],
    "resource": {"_rawAttributes": [["service.name", "copilot-chat"], ["session.id", "s1"]]},
    "instrumentationScope": {"name": "copilot-chat", "version": "0.54.0"},
    "spanContext": {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"},
    "attributes": {"event.name": "copilot_chat.edit.survival", "rate": 0.5, "ok": True, "n": 3},
    "_body": "copilot_chat.edit.survival",
    "totalAttributesCount": 4,
}


def test_copilots_printed_log_records_become_otlp():
    [(path, sent)] = requests("copilot", LOG)
    assert path == "/v1/logs"
    [resource] = sent["resourceLogs"]
    assert resource["resource"]["attributes"][1] == {
        "key": "session.id",
        "value": {"stringValue": "s1"},
    }
    [scope] = resource["scopeLogs"]
    assert scope["scope"] == {"name": "copilot-chat", "version": "0.54.0"}
    [record] = scope["logRecords"]
    assert record["timeUnixNano"] == "1782578510649000000"
    assert record["body"] == {"stringValue": "copilot_chat.edit.survival"}
    values = {each["key"]: each["value"] for each in record["attributes"]}
    assert values["rate"] == {"doubleValue": 0.5}
    assert values["ok"] == {"boolValue": True}
    assert values["n"] == {"intValue": "3"}
    assert record["traceId"] == LOG["spanContext"]["traceId"]


def test_copilots_printed_spans_become_otlp_and_metrics_are_passed_over():
    span = {
        "resource": {"attributes": {"service.name": "copilot-chat"}},
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "b7ad6b7169203331",
        "name": "chat",
        "kind": 2,
        "startTime": [1782578510, 1],
        "endTime": [1782578511, 2],
        "attributes": {"gen_ai.response.id": "r", "stops": ["a", "b"], "deep": {"x": 1}},
        "events": [{"name": "e", "time": [1782578510, 5], "attributes": {}}],
    }
    [(path, sent)] = requests("copilot", span)
    assert path == "/v1/traces"
    [made] = sent["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert made["kind"] == 3  # the API counts from 0, OTLP from 1
    assert (made["startTimeUnixNano"], made["endTimeUnixNano"]) == (
        "1782578510000000001",
        "1782578511000000002",
    )
    values = {each["key"]: each["value"] for each in made["attributes"]}
    assert values["stops"] == {
        "arrayValue": {"values": [{"stringValue": "a"}, {"stringValue": "b"}]}
    }
    assert values["deep"]["kvlistValue"]["values"][0]["key"] == "x"
    assert made["events"][0]["name"] == "e"
    assert requests("copilot", {"resource": {}, "scopeMetrics": []}) == []
    for name, place in (("resourceLogs", "/v1/logs"), ("resourceSpans", "/v1/traces")):
        assert requests("copilot", {name: []}) == [(place, {name: []})]


def test_langfuse_exports_in_either_spelling_become_scores_and_events():
    score = {"id": "s", "trace_id": "t", "name": "accepted", "value": 1, "data_type": "BOOLEAN"}
    trace = {"id": "t", "timestamp": "2026-11-23T19:00:00Z", "name": "run", "output": "x"}
    observation = {"id": "o", "traceId": "t", "type": "GENERATION", "startTime": "2026-11-23"}
    [(scores, sent), (batch, events)] = requests(
        "langfuse", {"data": [score, trace, observation | {"provided_model_name": "m"}]}
    )
    assert (scores, batch) == ("/api/public/scores", "/api/public/ingestion")
    assert [(each["traceId"], each["dataType"]) for each in sent] == [("t", "BOOLEAN")]
    kinds = [(each["type"], each["id"], each["timestamp"]) for each in events["batch"]]
    assert kinds == [
        ("trace-create", "t", "2026-11-23T19:00:00Z"),
        ("generation-create", "o", "2026-11-23"),
    ]
    assert events["batch"][1]["body"]["model"] == "m"


def test_phoenix_exports_become_annotations_of_spans_and_traces():
    nested = {"span_id": "s", "name": "accepted", "result": {"label": "accepted", "score": 1}}
    flat = {"trace_id": "t", "name": "accepted", "result.score": 0, "explanation": "no"}
    assert requests("phoenix", [nested, flat]) == [
        ("/v1/span_annotations", {"data": [nested]}),
        ("/v1/trace_annotations", {"data": [flat | {"result": {"score": 0, "explanation": "no"}}]}),
    ]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("value", [7, "x", None, {}, [1], {"event": 3}, {"data": [None]}])
def test_what_is_nothing_of_the_format_is_said_or_left_to_the_adapter(format, value):
    try:
        made = requests(format, value)
    except NotThisFormat:
        return
    json.dumps([sent for _, sent in made])
    assert format == "continue" or made == [] or isinstance(value, list)


CONTENT = b'\xef\xbb\xbf{"a": 1}\r\n\n{"long": "xxxxxxxxxxxxxxxxxxxx"}\n{"b": 2}'


def read(data, offset=0, number=0, longest=16):
    reader = Reader(BytesIO(data), longest)
    reader.skip(offset)
    return list(reader.lines(number))


def test_lines_know_their_number_their_end_and_whether_they_are_whole():
    first, blank, long, last = read(CONTENT)
    assert (first.number, first.content, first.is_whole) == (1, b'{"a": 1}', True)
    assert blank.content == b""
    assert (long.is_too_long, long.content) == (True, b"")
    assert (last.number, last.content, last.is_whole, last.end) == (
        4,
        b'{"b": 2}',
        False,
        len(CONTENT),
    )


def test_reading_on_from_any_line_ends_the_same():
    whole = read(CONTENT)
    for line in whole:
        assert read(CONTENT, line.end, line.number) == whole[line.number :]


def test_the_end_of_a_line_that_was_read_before_it_came_is_no_line():
    [last] = read(b"1")
    after = read(b"1\n2\n", last.end, last.number)
    assert [(line.number, line.content) for line in after] == [(1, b""), (2, b"2")]


def test_a_file_that_grew_begins_alike():
    assert head_of(BytesIO(b'{"a": 1}'), 100) == head_of(BytesIO(b'{"a": 1}\n{"b": 2}\n'), 100)
    assert head_of(BytesIO(b'{"a": 1}'), 100) != head_of(BytesIO(b'{"a": 2}'), 100)
