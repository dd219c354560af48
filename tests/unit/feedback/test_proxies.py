"""LiteLLM and the OpenAI SDK: what models answered, and what is said of it."""

import json

import pytest

from feedback.clients.reading import NDJSON, Became, Fate
from tests.clients import captured, read

CALL = {
    "id": "chatcmpl-1",
    "litellm_call_id": "call-1",
    "trace_id": "t",
    "call_type": "acompletion",
    "status": "success",
    "model": "m",
    "messages": [{"role": "user", "content": "set x"}],
    "response": {"choices": [{"message": {"role": "assistant", "content": "x = 1"}}]},
    "startTime": 1795460400.5,
    "end_user": "u",
    "metadata": {"requester_metadata": {"repository": "acme/x", "language": "python"}},
}


def records(reading):
    return [record for item in reading.items for record in item.records]


def test_a_call_through_the_proxy_is_a_generation_under_all_its_ids():
    [made] = records(read("litellm", "POST", "", CALL))
    assert (made["id"], made["aliases"]) == ("chatcmpl-1", ["call-1", "t"])
    assert (made["prompt"], made["output"], made["developer"]) == ("user: set x", "x = 1", "u")
    assert (made["repository"], made["language"]) == ("acme/x", "python")
    assert made["occurred_at"] == "2026-11-23T19:00:00.500000+00:00"


def test_payloads_come_one_by_one_in_a_list_or_by_line():
    one, listed = read("litellm", "POST", "", CALL), read("litellm", "POST", "", [CALL])
    by_line = json.dumps(CALL).encode() + b"\n"
    lines = read("litellm", "POST", "", by_line, content_type=NDJSON)
    assert one.items == tuple(listed.items) == tuple(lines.items)
    assert lines.reply([Fate(Became.STORED)]).status == 200


@pytest.mark.parametrize(
    "change", [{"status": "failure"}, {"call_type": "aembedding"}, {"response": None}]
)
def test_a_call_that_wrote_nothing_is_only_kept(change):
    [item] = read("litellm", "POST", "", CALL | change).items
    assert (item.records, item.problem) == ((), "")


def test_a_completion_is_stored_with_its_answer():
    sent = {
        "model": "m",
        "store": True,
        "messages": [
            {"role": "user", "content": "set x"},
            {"role": "assistant", "content": "x = 1"},
        ],
        "metadata": {"user": "u", "episode": "e", "accepted": "true"},
    }
    reading = read("openai", "POST", "/v1/chat/completions", sent)
    made, told = records(reading)
    assert (made["prompt"], made["output"], made["session"]) == ("user: set x", "x = 1", "e")
    assert (told["kind"], told["generation"], told["developer"]) == ("accepted", made["id"], "u")
    answer = json.loads(reading.reply([Fate(Became.STORED)]).body)
    assert (answer["id"], answer["object"]) == (made["id"], "chat.completion")
    assert answer["choices"][0]["message"]["content"] == "x = 1"


def test_metadata_on_a_completion_is_what_happened_to_it(shared):
    [sent] = captured(shared, "/v1/chat/completions/chatcmpl-1")[:1]
    reading = read("openai", sent["method"], sent["path"], sent["body"])
    [told] = records(reading)
    assert (told["kind"], told["generation"]) == ("accepted", "chatcmpl-1")
    answer = json.loads(reading.reply([Fate(Became.STORED)]).body)
    assert (answer["id"], answer["metadata"]) == ("chatcmpl-1", {"accepted": "true"})


def test_nobody_is_answered_with_code_that_no_model_wrote(shared):
    [sent] = [
        each
        for each in captured(shared, "/v1/chat/completions")
        if each["body"] and "store" in each["body"]
    ]
    reading = read("openai", sent["method"], sent["path"], sent["body"])
    assert reading.items[0].problem
    reply = reading.reply([Fate(Became.QUARANTINED, "why")])
    assert (reply.status, list(json.loads(reply.body))) == (400, ["error"])
