"""What the SDKs of observability tools send, as captured from them."""

import json

import pytest

from feedback.clients.reading import Became, Fate
from tests.clients import captured, read

SPAN, TRACE = "0123456789abcdef", "0123456789abcdef0123456789abcdef"


def replay(client, shared, *beginnings):
    """The reading of each captured request."""
    return [
        read(client, each["method"], each["path"], each["body"])
        for each in captured(shared, *beginnings)
    ]


def answered(reading, became=Became.STORED):
    reply = reading.reply([Fate(became, "why")] * len(reading.items))
    return reply.status, json.loads(reply.body) if reply.body else None


def records(reading):
    return [record for item in reading.items for record in item.records]


def test_tensorzero_is_answered_with_the_id_it_decodes(shared):
    metric, shown, comment = replay("tensorzero", shared, "/feedback")
    assert [each["kind"] for each in records(metric)] == ["accepted"]
    [fixed] = records(shown)
    assert (fixed["type"], fixed["corrected"], fixed["developer"]) == (
        "correction",
        "print(1)\n",
        "u1",
    )
    [said] = records(comment)
    assert (said["kind"], said["comment"]) == ("commented", "bad")
    assert said["generation"] == said["session"] == "0199f000-0000-7000-8000-000000000002"
    status, body = answered(metric)
    assert (status, list(body)) == (200, ["feedback_id"])
    assert answered(metric) == answered(replay("tensorzero", shared, "/feedback")[0])


@pytest.mark.parametrize(
    "change", [{"episode_id": "e"}, {"inference_id": None}, {"metric_name": 1}, {"value": None}]
)
def test_tensorzero_feedback_that_is_none_is_kept_and_refused(change):
    sent = {"metric_name": "accepted", "inference_id": "i", "value": True} | change
    reading = read("tensorzero", "POST", "/feedback", sent)
    assert reading.items[0].problem
    assert answered(reading, Became.QUARANTINED)[0] == 400


def test_a_dry_run_is_answered_and_not_kept():
    sent = {"metric_name": "accepted", "inference_id": "i", "value": True, "dryrun": True}
    reading = read("tensorzero", "POST", "/feedback", sent)
    assert reading.items == ()
    assert answered(reading)[0] == 200


def test_a_demonstration_in_blocks_is_its_text():
    blocks = [{"type": "text", "text": "a"}, {"type": "tool_call", "arguments": {"code": "b"}}]
    sent = {"metric_name": "demonstration", "inference_id": "i", "value": blocks}
    [fixed] = records(read("tensorzero", "POST", "/feedback", sent))
    assert fixed["corrected"] == 'a\n{\n  "code": "b"\n}'


def test_mlflow_gets_the_whole_assessment_back(shared):
    accepted, fixed, changed, gone = replay("mlflow", shared, "/api/3.0/mlflow/")
    [told] = records(accepted)
    assert (told["kind"], told["generation"], told["developer"]) == (
        "accepted",
        f"tr-{TRACE}",
        "alice",
    )
    assert (told["after_ms"], told["comment"]) == (812, "kept")
    [correction] = records(fixed)
    assert correction["corrected"] == "print(1)\n"
    [refused] = records(changed)
    assert (refused["kind"], refused["supersedes"]) == ("rejected", "a-1")
    assert records(gone) == []
    status, body = answered(accepted)
    assert status == 200
    assert {"assessment_id", "source", "create_time", "last_update_time"} <= set(body["assessment"])
    assert answered(gone) == (200, {})


def test_an_assessment_sent_seven_times_is_one(shared):
    first, again = (replay("mlflow", shared, "/api/3.0/mlflow/")[0] for _ in range(2))
    assert first.items[0].identity == again.items[0].identity != ""
    assert answered(first) == answered(again)


def test_what_a_judge_says_is_kept_and_is_nobodys_reaction():
    told = {"assessment_name": "accepted", "feedback": {"value": True}}
    judged = {"assessment": told | {"source": {"source_type": "LLM_JUDGE", "source_id": "m"}}}
    reading = read("mlflow", "POST", "/api/3.0/mlflow/traces/t/assessments", judged)
    assert (reading.items[0].records, reading.items[0].problem) == ((), "")


def test_langfuse_scores_are_accepted(shared):
    [reading] = replay("langfuse", shared, "/api/public/scores")
    accepted, fixed = records(reading)
    assert (accepted["kind"], accepted["generation"], accepted["comment"]) == (
        "accepted",
        SPAN,
        "ok",
    )
    assert (fixed["type"], fixed["corrected"], fixed["generation"]) == (
        "correction",
        "print(1)",
        TRACE,
    )
    assert answered(reading) == (202, {"message": "Accepted"})


def test_langfuse_is_told_how_many_were_not_understood():
    sent = [{"name": "x", "traceId": "t", "value": 1}, {"name": "x"}]
    status, body = answered(read("langfuse", "POST", "/api/public/scores", sent))
    assert (status, body["accepted"], body["rejected"]) == (207, 1, 1)
    assert body["errors"] == [{"message": "a score has a name and a traceId"}]


def test_langfuse_of_before_sends_one_score_or_a_batch_of_events():
    one = read("langfuse", "POST", "/api/public/scores", {"traceId": "t", "name": "ok", "value": 1})
    status, body = answered(one)
    assert (status, bool(body["id"])) == (200, True)
    events = [
        {
            "id": "e1",
            "type": "generation-create",
            "body": {
                "id": "g",
                "traceId": "t",
                "model": "m",
                "input": [{"role": "user", "content": "add"}],
                "output": {"role": "assistant", "content": "x = 1"},
            },
        },
        {
            "id": "e2",
            "type": "score-create",
            "body": {"id": "s", "traceId": "t", "name": "accepted", "value": 1},
        },
    ]
    batch = read("langfuse", "POST", "/api/public/ingestion", {"batch": events})
    made, told = records(batch)
    assert (made["id"], made["aliases"], made["output"], made["prompt"]) == (
        "g",
        ["t"],
        "x = 1",
        "user: add",
    )
    assert (told["kind"], told["generation"]) == ("accepted", "t")
    assert answered(batch) == (
        207,
        {"successes": [{"id": "e1", "status": 201}, {"id": "e2", "status": 201}], "errors": []},
    )


def test_phoenix_annotations_are_kept_under_ids(shared):
    [reading] = replay("phoenix", shared, "/v1/span_annotations")
    [told] = records(reading)
    assert (told["kind"], told["generation"], told["comment"]) == ("accepted", SPAN, "ok")
    status, body = answered(reading)
    assert (status, len(body["data"])) == (200, 1)


def test_opik_sends_traces_then_scores_of_them(shared):
    [traces] = replay("opik", shared, "/api/v1/private/traces/batch")
    [scores] = replay("opik", shared, "/api/v1/private/traces/feedback-scores")
    [made], [told] = records(traces), records(scores)
    assert (made["prompt"], made["output"]) == ('{"prompt": "x"}', "y")
    assert (told["kind"], told["generation"]) == ("accepted", made["id"])
    assert answered(scores) == (204, None)
    [ping] = replay("opik", shared, "/api/is-alive/ping")
    assert ping.items == ()
    assert answered(ping)[0] == 200
