"""OpenTelemetry as Copilot, Claude Code, Codex and SDKs export it; JSON and protobuf."""

import json

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from feedback.clients.otlp_wire import value_of
from feedback.clients.reading import PROTOBUF, Became, Fate
from tests.clients import read

STAMP = 1_795_460_400_000_000_000  # 2026-11-23T19:00:00Z
SPAN, TRACE = "0123456789abcdef", "0123456789abcdef0123456789abcdef"


def value(plain):
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    return {kinds[type(plain)]: plain}


def attributes(told):
    return [{"key": key, "value": value(each)} for key, each in told.items()]


def logs(name, told, resource=(), **record):
    record = {
        "timeUnixNano": str(STAMP),
        "attributes": attributes({"event.name": name, **told}),
    } | record
    scope = {"scope": {"name": "s"}, "logRecords": [record]}
    return {
        "resourceLogs": [
            {"resource": {"attributes": attributes(dict(resource))}, "scopeLogs": [scope]}
        ]
    }


def spans(told, **record):
    record = {"traceId": TRACE, "spanId": SPAN, "attributes": attributes(told)} | record
    return {"resourceSpans": [{"scopeSpans": [{"spans": [record]}]}]}


def told_by(sent, path="/v1/logs", **more):
    return [
        each for item in read("otlp", "POST", path, sent, **more).items for each in item.records
    ]


def one(*event, **record):
    [told] = told_by(logs(*event, **record))
    return told


@pytest.mark.parametrize(
    ("name", "told", "kind"),
    [
        ("copilot_chat.edit.feedback", {"outcome": "accepted"}, "accepted"),
        ("copilot_chat.edit.feedback", {"outcome": "saved"}, "accepted"),
        ("copilot_chat.edit.hunk.action", {"outcome": "rejected", "lines_added": 3}, "rejected"),
        ("copilot_chat.inline.done", {"accepted": False}, "rejected"),
        ("copilot_chat.user.feedback", {"rating": "negative"}, "rated"),
        (
            "codex.tool_decision",
            {"tool_name": "apply_patch", "decision": "denied", "source": "User"},
            "rejected",
        ),
        (
            "codex.tool_decision",
            {"tool_name": "apply_patch", "decision": "approved", "source": "Config"},
            "shown",
        ),
        (
            "tool_decision",
            {"tool_name": "Edit", "decision": "accept", "source": "user_temporary"},
            "accepted",
        ),
        (
            "claude_code.tool_decision",
            {"tool_name": "Write", "decision": "reject", "source": "user_reject"},
            "rejected",
        ),
        (
            "tool_decision",
            {"tool_name": "Write", "decision": "reject", "source": "user_abort"},
            "shown",
        ),
    ],
)
def test_a_decision_is_a_reaction(name, told, kind):
    key = {"request_id": "r"} if "copilot" in name else {"call_id": "r"}
    made = one(name, told | key, {"session.id": "s"})
    assert (made["kind"], made["generation"], made["session"]) == (kind, "r", "s")
    assert made["occurred_at"] == "2026-11-23T19:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tool_decision", {"tool_name": "Bash", "decision": "accept", "source": "user_temporary"}),
        ("copilot_chat.edit.feedback", {"outcome": "accepted"}),  # without a request
        ("copilot_chat.edit.survival", {"request_id": "r", "survival_rate_four_gram": 2.0}),
        ("codex.api_request", {"call_id": "r"}),
        (
            "gen_ai.evaluation.result",
            {"gen_ai.evaluation.name": "relevance", "gen_ai.response.id": "r"},
        ),
    ],
)
def test_what_says_nothing_of_a_generation_is_only_kept(name, told):
    [item] = read("otlp", "POST", "/v1/logs", logs(name, told)).items
    assert (item.records, item.problem) == ((), "")


@pytest.mark.parametrize("share", [1, 0.75])
def test_survival_has_its_share_and_when(share):
    told = {"request_id": "r", "survival_rate_four_gram": share, "time_delay_ms": 30000}
    made = one("copilot_chat.edit.survival", told)
    assert (made["kind"], made["value"], made["after_ms"]) == ("survived", share, 30000)


def test_survival_across_a_change_of_branch_is_not_told():
    told = {"request_id": "r", "survival_rate_four_gram": 0.0, "did_branch_change": True}
    assert told_by(logs("copilot_chat.edit.survival", told)) == []


def test_each_delay_is_an_event_of_its_own_and_a_retry_is_none():
    def at(delay):
        told = {"request_id": "r", "survival_rate_four_gram": 1, "time_delay_ms": delay}
        return one("copilot_chat.edit.survival", told)["id"]

    assert at(5000) == at(5000) != at(30000)


def test_the_name_may_stand_in_the_body_and_the_time_only_in_the_observation():
    record = {
        "timeUnixNano": "0",
        "observedTimeUnixNano": STAMP,
        "body": {"stringValue": "claude_code.tool_decision"},
        "attributes": attributes(
            {
                "tool_name": "Edit",
                "tool_use_id": "t",
                "decision": "accept",
                "source": "user_permanent",
            }
        ),
    }
    sent = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    [made] = told_by(sent)
    assert (made["kind"], made["occurred_at"]) == ("accepted", "2026-11-23T19:00:00+00:00")


def test_what_a_tool_wrote_is_a_generation():
    told = {"tool_name": "Write", "tool_use_id": "t"}
    told["tool_input"] = json.dumps({"file_path": "/a/b.py", "content": "x = 1\n"})
    made = one("claude_code.tool_result", told)
    assert (made["id"], made["output"], made["language"]) == ("t", "x = 1\n", "python")
    patch = {"tool_name": "apply_patch", "call_id": "c", "arguments": "*** Begin Patch"}
    assert one("codex.tool_result", patch)["output"] == "*** Begin Patch"


def test_an_evaluation_by_a_person_and_our_own_correction():
    told = {
        "gen_ai.evaluation.name": "accepted",
        "gen_ai.evaluation.score.value": 1.0,
        "gen_ai.evaluation.score.label": "accepted",
        "gen_ai.evaluation.explanation": "kept",
        "gen_ai.response.id": "chatcmpl-1",
    }
    made = one("gen_ai.evaluation.result", told)
    assert (made["kind"], made["generation"], made["comment"]) == ("accepted", "chatcmpl-1", "kept")
    told = {"gen_ai.response.id": "chatcmpl-1", "gen_ai.correction.content": "x = 2\n"}
    fixed = one("gen_ai.correction", told)
    assert (fixed["type"], fixed["corrected"]) == ("correction", "x = 2\n")


@pytest.mark.parametrize(
    "told",
    [
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "m",
            "gen_ai.output.messages": json.dumps(
                [{"role": "assistant", "parts": [{"type": "text", "content": "x = 1"}]}]
            ),
            "gen_ai.input.messages": json.dumps([{"role": "user", "content": "set x"}]),
        },
        {
            "openinference.span.kind": "LLM",
            "llm.model_name": "m",
            "output.value": "x = 1",
            "input.value": json.dumps({"messages": [{"role": "user", "content": "set x"}]}),
        },
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.model.name": "m",
            "langfuse.observation.output": json.dumps({"role": "assistant", "content": "x = 1"}),
            "langfuse.observation.input": json.dumps([{"role": "user", "content": "set x"}]),
        },
    ],
)
def test_a_models_call_is_a_generation_under_each_convention(told):
    [made] = told_by(spans(told), "/v1/traces")
    assert (made["id"], made["output"], made["prompt"]) == (SPAN, "x = 1", "user: set x")
    assert made["model_name"] == "m"
    assert TRACE in made["aliases"]


def test_a_span_without_its_text_or_around_a_call_is_only_kept():
    assert told_by(spans({"gen_ai.operation.name": "chat"}), "/v1/traces") == []
    around = {"openinference.span.kind": "CHAIN", "output.value": "x"}
    assert told_by(spans(around), "/v1/traces") == []


def test_protobuf_says_what_json_says():
    plain = logs("copilot_chat.edit.feedback", {"outcome": "accepted", "request_id": "r"})
    [record] = plain["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    request = ExportLogsServiceRequest()
    sent = request.resource_logs.add().scope_logs.add().log_records.add()
    sent.time_unix_nano = STAMP
    for each in record["attributes"]:
        sent.attributes.add(key=each["key"]).value.string_value = each["value"]["stringValue"]
    packed = request.SerializeToString()
    assert told_by(packed, content_type=PROTOBUF) == told_by(plain)


def test_ids_of_spans_are_hex_in_both():
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id = bytes.fromhex(TRACE), bytes.fromhex(SPAN)
    for key, text in (("gen_ai.operation.name", "chat"), ("gen_ai.completion", "x")):
        span.attributes.add(key=key).value.string_value = text
    [made] = told_by(request.SerializeToString(), "/v1/traces", content_type=PROTOBUF)
    assert (made["id"], made["aliases"]) == (SPAN, [TRACE, f"tr-{TRACE}"])


def test_the_answer_is_in_the_type_that_was_sent():
    reading = read("otlp", "POST", "/v1/logs", logs("x", {}))
    assert json.loads(reading.reply([Fate(Became.STORED)]).body) == {}
    partly = json.loads(reading.reply([Fate(Became.QUARANTINED, "why")]).body)
    assert partly["partialSuccess"]["rejectedLogRecords"] == "1"
    reading = read("otlp", "POST", "/v1/logs", b"\xff\xff", content_type=PROTOBUF)
    reply = reading.reply([Fate(Became.QUARANTINED, "why")])
    assert (reply.status, reply.content_type) == (400, PROTOBUF)
    answer = ExportLogsServiceResponse.FromString(reply.body)
    assert answer.partial_success.rejected_log_records == 1


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ({"intValue": "7"}, 7),
        ({"intValue": 7}, 7),
        ({"intValue": "seven"}, None),
        ({"doubleValue": "NaN"}, None),
        ({"arrayValue": {"values": [{"boolValue": True}]}}, [True]),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"stringValue": "b"}}]}}, {"a": "b"}),
        ({}, None),
        (None, None),
    ],
)
def test_a_value_is_plain(sent, plain):
    assert value_of(sent) == plain


def test_sdks_send_their_spans_to_their_own_client():
    told = {"gen_ai.operation.name": "chat", "gen_ai.completion": "x"}
    for client, path in (
        ("langfuse", "/api/public/otel/v1/traces"),
        ("phoenix", "/v1/traces"),
        ("opik", "/api/v1/private/otel/v1/traces"),
        ("mlflow", "/v1/traces"),
    ):
        [item] = read(client, "POST", path, spans(told)).items
        assert item.records[0]["id"] == SPAN
