import pytest

from tests.clients import read
from tests.code_hosts import EVENT, NOTE, POSITION, RESOLVED

DISCUSSION = "gitlab.com:acme/billing:d15c"


def records(user=None, **changes):
    event = EVENT | {"object_attributes": NOTE | changes} | ({"user": user} if user else {})
    [item] = read("gitlab", "POST", "", event).items
    assert not item.problem
    return list(item.records)


def test_a_note_is_about_the_lines_its_suggestion_replaces():
    made, said = records()
    assert made["output"] == "    amount = sum(prices)\n    return amount / 100\n"
    assert (made["id"], made["aliases"]) == (f"{DISCUSSION}:3-4", [DISCUSSION])
    assert (made["repository"], made["language"]) == ("acme/billing", "python")
    assert (said["generation"], said["kind"], said["developer"]) == (
        made["id"],
        "commented",
        "wren",
    )
    assert said["occurred_at"] == "2026-11-23T18:00:00+00:00"


@pytest.mark.parametrize("resolved", [RESOLVED, {"resolved_by_push": True}])
def test_a_suggestion_that_was_taken_is_the_correction(resolved):
    *before, corrected = records(**resolved)
    assert before == records()
    assert corrected["corrected"] == "    return Decimal(sum(prices)) / 100\n"
    assert corrected["comment"] == "Money is a Decimal."
    assert corrected["evidence"] == "thread resolved after its lines changed"


def test_a_suggestion_for_some_of_the_lines_leaves_the_others():
    wide = POSITION | {"line_range": {"start": {"new_line": 2}, "end": {"new_line": 4}}}
    made, _, corrected = records(original_position=wide, **RESOLVED)
    assert made["output"].startswith("    # in cents\n")
    assert corrected["corrected"] == "    # in cents\n    return Decimal(sum(prices)) / 100\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"resolved_at": RESOLVED["resolved_at"]},  # its lines are as they were
        RESOLVED | {"note": "Why?"},
        RESOLVED | {"note": f"{NOTE['note']}\n{NOTE['note']}"},
    ],
)
def test_what_was_not_taken_or_cannot_be_told_is_no_correction(changes):
    assert [each["type"] for each in records(**changes)] == ["generation", "reaction"]


@pytest.mark.parametrize(
    "changes",
    [
        {"type": None},
        {"noteable_type": "Commit"},
        {"system": True},
        {"st_diff": None},
        {"original_position": POSITION | {"new_line": None}},
        {"note": "```suggestion:-0+9\n```"},  # of lines that the event does not show
    ],
)
def test_what_is_not_about_lines_or_does_not_show_them_says_nothing(changes):
    assert records(**changes) == []


def test_a_program_reacts_to_nothing_and_an_edit_by_somebody_else_names_nobody():
    [made] = records(user={"id": 5, "username": "project_1_bot_ab12"})
    assert made["type"] == "generation"
    assert "developer" not in records(user={"id": 6, "username": "maren"})[1]


def test_other_events_are_kept_and_what_is_none_says_why():
    for kind in ("push", "merge_request"):
        [item] = read("gitlab", "POST", "", {"object_kind": kind}).items
        assert (item.records, item.problem) == ((), "")
    for odd in ([], {}, EVENT | {"object_attributes": NOTE | {"id": None}}, b"{"):
        [item] = read("gitlab", "POST", "", odd).items
        assert item.problem
