import json

import pytest

from feedback.clients.reading import Became, Fate
from tests.clients import arrived, read

SELECT = {
    "type": "select",
    "completion_id": "cmpl-1",
    "choice_index": 0,
    "view_id": "view-1-at-1795460400000",
    "elapsed": 812,
}


def event(query="", **changes):
    [item] = read("tabby", "POST", f"/v1/events{query}", SELECT | changes).items
    return item


@pytest.mark.parametrize(
    ("type", "kind"), [("view", "shown"), ("select", "accepted"), ("dismiss", "rejected")]
)
def test_an_event_is_a_reaction(type, kind):
    [told] = event(type=type).records
    assert (told["kind"], told["generation"], told["after_ms"]) == (kind, "cmpl-1", 812)
    assert told["occurred_at"] == "2026-11-23T19:00:00.812000+00:00"


def test_each_display_is_an_event_of_its_own():
    views = (event(), event(), event(view_id="view-2-at-1795460401000"), event(choice_index=1))
    ids = [item.records[0]["id"] for item in views]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert event(choice_index=1).records[0]["generation"] == "cmpl-1:1"


def test_a_line_taken_says_so_in_the_query_or_in_the_body():
    [told] = event("?select_kind=line").records
    assert told["select_kind"] == "line"
    assert event(select_kind="line").records == (told,)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_agent_finds_a_server_with_a_model(method):
    reading = read("tabby", method, "/v1/health")
    assert reading.items == ()
    health = json.loads(reading.reply([]).body)
    assert health["model"]
    assert health["version"]["git_describe"] == "v0.32.0"


def test_settings_and_completions_are_answered_as_the_agent_decodes_them():
    setting = read("tabby", "GET", "/v1beta/server_setting").reply([])
    assert json.loads(setting.body) == {"disable_client_side_telemetry": True}
    asked = {"language": "python", "segments": {"prefix": "def "}}
    reading = read("tabby", "POST", "/v1/completions", asked)
    answer = json.loads(reading.reply([]).body)
    assert answer["id"].startswith("cmpl-")
    assert (answer["choices"], answer["mode"]) == ([], "standard")


@pytest.mark.parametrize("body", [{"type": "wink"}, {"type": "view"}, [], "view"])
def test_what_is_malformed_is_kept_and_answered_like_the_rest(body):
    reading = read("tabby", "POST", "/v1/events", body)
    assert reading.items[0].problem
    assert reading.reply([Fate(Became.QUARANTINED)]).status == 200


def test_the_log_of_a_server_is_mapped_too():
    adapter_item = read(
        "tabby",
        "POST",
        "/v1/events",
        {"user": "u", "ts": 1795460400000}
        | {
            "event": {
                "completion": {
                    "completion_id": "cmpl-1",
                    "language": "python",
                    "prompt": "p",
                    "choices": [{"index": 0, "text": "x"}],
                }
            }
        },
    ).items[0]
    [made] = adapter_item.records
    assert (made["id"], made["output"], made["developer"]) == ("cmpl-1", "x", "u")
    line = {"user": None, "ts": 1795460400000, "event": {"select": SELECT | {"kind": "line"}}}
    [told] = read("tabby", "POST", "/v1/events", line).items[0].records
    assert (told["kind"], told["select_kind"]) == ("accepted", "line")


def test_requests_are_made_as_the_door_makes_them():
    request = arrived("tabby", "POST", "/v1/events?select_kind=line", SELECT)
    assert request.query == {"select_kind": ["line"]}
    assert request.value == SELECT
