from datetime import timedelta

import pytest

from tests.clients import AT, lines, read

DEV_DATA = "fixtures/clients/continue_devdata.jsonl"
EDIT = {"prompt": "p", "completion": "a = 1\n", "filepath": "file:///p/a.py", "accepted": True}


def told(name, data, schema="0.2.0", at=AT, **envelope):
    """The one item of an event."""
    body = {"name": name, "data": data, "schema": schema, "level": "all"}
    body |= {"profileId": "local"} | envelope
    [item] = read("continue", "POST", "", body, at=at).items
    return item


def kinds(item):
    """What an item comes to: types, and the kinds of its reactions."""
    return [record.get("kind", record["type"]) for record in item.records]


def test_every_event_of_its_own_schemas_is_mapped(shared):
    found = {}
    for body in lines(shared / DEV_DATA):
        item = told(body["name"], body["data"], body["schema"])
        assert item.problem == ""
        assert item.original == body
        found[body["schema"], body["name"]] = kinds(item)
    assert found == {
        ("0.1.0", "autocomplete"): ["generation", "accepted"],
        ("0.1.0", "chatFeedback"): ["generation", "rated"],
        ("0.1.0", "quickEdit"): ["generation"],
        ("0.1.0", "tokensGenerated"): [],
        ("0.2.0", "autocomplete"): ["generation", "accepted"],
        ("0.2.0", "chatFeedback"): ["generation", "rated"],
        ("0.2.0", "chatInteraction"): ["generation"],
        ("0.2.0", "editInteraction"): ["generation"],
        ("0.2.0", "editOutcome"): ["generation", "accepted"],
        ("0.2.0", "nextEditOutcome"): ["generation", "accepted"],
        ("0.2.0", "nextEditWithHistory"): [],
        ("0.2.0", "tokensGenerated"): [],
        ("0.2.0", "toolUsage"): ["generation", "accepted"],
    }


def test_a_suggestion_comes_with_where_it_was(shared):
    body = next(each for each in lines(shared / DEV_DATA) if each["name"] == "autocomplete")
    made, accepted = told("autocomplete", body["data"]).records
    assert made["id"] == accepted["generation"] == body["data"]["completionId"]
    assert (made["language"], made["file_path"]) == ("python", "/home/dev/proj/fib.py")
    assert (made["repository"], made["model_name"]) == ("acme/proj", "qwen2.5-coder:1.5b")
    assert made["developer"] == "d2f1machineid"
    assert accepted["after_ms"] == 5000


def test_both_schemas_tell_the_same_event(shared):
    same = [each for each in lines(shared / DEV_DATA) if each["name"] == "autocomplete"]
    old, new = (told("autocomplete", each["data"], each["schema"]) for each in same)
    assert old.identity == new.identity
    assert [record["id"] for record in old.records] == [record["id"] for record in new.records]


def test_what_nobody_answered_is_nobodys_no():
    refused = {"completionId": "c", "completion": "x", "accepted": False}
    assert kinds(told("autocomplete", refused)) == ["generation", "timed_out"]
    shown = AT.timestamp() * 1000
    late, soon = AT + timedelta(seconds=10), AT + timedelta(seconds=3)
    refused["timestamp"] = shown
    assert kinds(told("nextEditOutcome", refused, at=late)) == ["generation", "timed_out"]
    made, no = told("nextEditOutcome", refused, at=soon).records
    assert (no["kind"], no["after_ms"]) == ("rejected", 3000)
    aborted = refused | {"aborted": True}
    assert kinds(told("nextEditOutcome", aborted, at=soon)) == ["generation"]


def test_without_code_the_generation_is_known_and_empty():
    made, _ = told("autocomplete", {"completionId": "c", "accepted": True}, level="noCode").records
    assert (made["output"], made["content"]) == ("", "withheld")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"newCode": "a = 2\n"}, "edited"),
        ({"newCode": "a = 2\n", "accepted": False}, "rejected"),
        ({"newCode": "b = 0\na = 1\n"}, "accepted"),  # an agent's part of a whole file
        ({"newCode": "a = 1\n", "completion": "```python\na = 1\n```"}, "accepted"),
        ({"newCode": "a = 2\n", "completion": "# ... existing code ...\na = 1"}, "accepted"),
        ({"newCode": "old", "previousCode": "old"}, "accepted"),
        ({}, "accepted"),
    ],
)
def test_a_correction_is_other_code_than_the_model_wrote(data, kind):
    item = told("editOutcome", EDIT | data)
    assert kinds(item)[:2] == ["generation", kind]
    corrected = [each["corrected"] for each in item.records if each["type"] == "correction"]
    assert corrected == ([data["newCode"]] if kind == "edited" else [])


def test_an_outcome_names_the_generation_of_its_interaction():
    asked = told(
        "editInteraction", {key: EDIT[key] for key in ("prompt", "completion", "filepath")}
    )
    assert asked.records[0]["id"] == told("editOutcome", EDIT).records[0]["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "autocomplete", "schema": "0.2.0"},
        {"name": "autocomplete", "data": {}, "schema": "0.3.0"},
        {"name": "newThing", "data": {}, "schema": "0.2.0"},
        [1],
    ],
)
def test_what_is_not_known_is_kept_and_answered(body):
    reading = read("continue", "POST", "", body)
    assert reading.items[0].problem
    assert reading.items[0].original == body
