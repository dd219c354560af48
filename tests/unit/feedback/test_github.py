import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from feedback.clients.reading import Became, Fate
from feedback.clients.registry import adapters
from tests.clients import arrived, signed
from tests.code_hosts import AROUND, BETTER, COMMENT, LINE, SUGGESTS

ABOUT = "github.com:acme/billing:41"


def request(event, payload, **changes):
    return replace(signed(arrived("github", "POST", "", payload, x_github_event=event)), **changes)


def item(event, **payload):
    [found] = adapters()["github"].read(request(event, AROUND | payload)).items
    assert not found.problem
    return found


def comment(action="created", **changes):
    told = item("pull_request_review_comment", action=action, comment=COMMENT | changes)
    return list(told.records)


def thread(*comments, action="resolved", **changes):
    first = COMMENT | {"line": None} | changes
    told = {"node_id": "T", "comments": [first, *comments]}
    return list(item("pull_request_review_thread", action=action, thread=told).records)


def kinds(records):
    return [each.get("kind", each["type"]) for each in records]


def test_a_comment_is_about_the_lines_it_stands_at():
    made, said = comment()
    assert (made["id"], made["output"], made["lines"]) == (ABOUT, LINE, "12-12")
    assert (made["file_path"], made["language"]) == ("billing/money.py", "python")
    assert (made["repository"], made["developer"]) == ("acme/billing", "noor")
    assert (said["generation"], said["kind"], said["developer"]) == (ABOUT, "commented", "wren")
    assert said["comment"] == SUGGESTS
    assert said["occurred_at"] == "2026-11-23T18:00:00+00:00"


def test_several_lines_are_those_of_the_new_file():
    made, _ = comment(original_start_line=10)
    assert made["output"] == "    # in cents\n    amount = sum(prices)\n" + LINE


@pytest.mark.parametrize(
    "changes",
    [
        {"side": "LEFT"},
        {"original_line": None, "line": None, "subject_type": "file"},
        {"original_start_line": 3},
        {"diff_hunk": ""},
    ],
)
def test_lines_that_are_not_of_the_new_file_or_not_shown_say_nothing(changes):
    assert comment(**changes) == []


def test_a_reply_is_about_the_same_lines_and_an_edit_stands_beside_what_was_said():
    made, said = comment(id=42, in_reply_to_id=41, body="Yes")
    assert made["id"] == said["generation"] == ABOUT
    assert said["id"] != comment()[1]["id"] != comment("edited", body="Better")[1]["id"]
    assert comment("deleted") == []


def test_a_suggestion_that_was_taken_is_the_correction():
    made, said, corrected = thread()
    assert [made, said] == comment()
    assert (corrected["type"], corrected["generation"]) == ("correction", ABOUT)
    assert corrected["corrected"] == BETTER
    assert (corrected["comment"], corrected["developer"]) == ("Money is a Decimal.", "wren")
    assert corrected["evidence"] == "thread resolved after its lines changed"


def test_a_thread_without_its_hunk_waits_for_its_comment():
    assert thread(diff_hunk="") == thread()[1:]


@pytest.mark.parametrize(
    ("changes", "action", "expected"),
    [
        ({"line": 12}, "resolved", ["generation", "commented"]),  # its lines are as they were
        ({"body": "Why?"}, "resolved", ["generation", "commented"]),
        ({"body": f"{SUGGESTS}\n{SUGGESTS}"}, "resolved", ["generation", "commented"]),
        ({"body": f"```suggestion\n{LINE}```"}, "resolved", ["generation", "commented"]),
        ({}, "unresolved", []),
    ],
)
def test_what_was_not_taken_or_cannot_be_told_is_no_correction(changes, action, expected):
    assert kinds(thread(action=action, **changes)) == expected


def test_of_two_suggestions_in_a_thread_none_is_known_to_be_the_one():
    other = COMMENT | {"id": 42, "in_reply_to_id": 41, "body": "```suggestion\n    return 0\n```"}
    assert kinds(thread(other)) == ["generation", "commented", "commented"]


def test_a_program_reacts_to_nothing_but_what_people_take_of_it_counts():
    program = {"login": "reviewer[bot]", "type": "Bot"}
    assert kinds(comment(user=program)) == ["generation"]
    _, corrected = thread(user=program)
    assert (corrected["corrected"], corrected["suggested_by"]) == (BETTER, "program")


def test_other_events_are_kept_and_a_ping_is_answered():
    for event in ("push", "pull_request_review", "issues"):
        assert item(event, action="submitted").records == ()
    pong = adapters()["github"].read(request("ping", {"zen": "Keep it simple."}))
    assert pong.items == ()
    assert pong.reply([]).status == 200


def test_what_is_no_event_is_kept_with_the_reason():
    adapter = adapters()["github"]
    lacking = {"action": "created", "comment": {"id": 1}}
    for odd in (
        request("pull_request_review_comment", lacking),
        request("push", [1]),
        request("", AROUND),
        request("push", b'{"half": \xff'),
    ):
        [found] = adapter.read(odd).items
        assert found.problem
        assert adapter.item(json.loads(json.dumps(found.original)), odd.at) == found


def test_an_event_in_a_form_is_the_same_event():
    payload = AROUND | {"action": "created", "comment": COMMENT}
    body = urlencode({"payload": json.dumps(payload)}).encode()
    sent = arrived(
        "github",
        "POST",
        "",
        body,
        content_type="application/x-www-form-urlencoded",
        x_github_event="pull_request_review_comment",
    )
    [found] = adapters()["github"].read(signed(sent)).items
    assert list(found.records) == comment()


def wrong(good):
    """Requests whose signature is missing, of other bytes, by another key, or of another kind."""
    made = good.headers["x-hub-signature-256"]
    for headers in (
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": made[:-1] + ("0" if made[-1] != "0" else "1")},
        {"x-hub-signature-256": made.removeprefix("sha256=")},
        {"x-hub-signature-256": "sha256=é"},
        {"x-hub-signature": made},
    ):
        yield replace(good, headers={"x-github-event": "push"} | headers)
    yield replace(good, body=good.body + b" ")
    yield replace(good, secret="emk_another")
    yield replace(signed(good, secret=""), secret="")


def test_what_the_key_did_not_sign_is_refused_and_nothing_is_read():
    good = request("push", AROUND)
    adapter = adapters()["github"]
    assert len(adapter.read(good).items) == 1
    for bad in wrong(good):
        reading = adapter.read(bad)
        assert reading.items == ()
        assert reading.reply([]).status == 401


def test_the_answer_says_what_became_of_it():
    reading = adapters()["github"].read(request("push", AROUND))
    answer = reading.reply([Fate(Became.QUARANTINED, "why")])
    assert (answer.status, json.loads(answer.body)) == (
        200,
        {"status": "quarantined", "detail": "why"},
    )
