from dataclasses import dataclass

import pytest

from reviews.diffing import How
from reviews.finding_filter import Wanted, facets
from reviews.reading import Reading, choices_in, reading_of

NOTHING: dict = {}


def test_everyone_begins_with_all_differences_side_by_side():
    assert reading_of(NOTHING, NOTHING) == Reading("split", "nothing", "hidden")
    assert reading_of(NOTHING, NOTHING).how == How()


def test_what_is_kept_holds_everywhere():
    kept = {"review_view": "unified", "review_hide": "format", "review_blanks": "shown"}
    found = reading_of(NOTHING, kept)
    assert (found.view, found.hide, found.blanks, found.overridden) == (
        "unified",
        "format",
        "shown",
        (),
    )
    assert found.how.hide == "format"


def test_an_address_overrides_for_this_once_and_is_known_to():
    found = reading_of({"hide": ["nothing"], "view": ["split"]}, {"review_hide": "blanks"})
    assert (found.hide, found.view, found.overridden) == ("nothing", "split", ("hide",))


@pytest.mark.parametrize("value", ["", "x", "FORMAT", "'; drop", "9" * 500])
def test_nonsense_is_passed_over(value):
    lists = dict.fromkeys(
        ("view", "hide", "blanks", "open", "row", "until", "tool", "state"), [value]
    )
    found = reading_of(lists, {"review_view": value, "review_hide": value})
    assert (found.view, found.hide, found.blanks) == ("split", "nothing", "hidden")
    assert (found.first, found.until, found.unfolded) == (None, None, frozenset())
    assert choices_in({"view": value, "hide": value, "other": "split"}) == {}


def test_folds_and_rows_are_numbers():
    lists = {"open": ["7", "3", "²", "-1", "all"], "row": ["40"], "until": ["90"]}
    found = reading_of(lists, NOTHING)
    assert (found.open_folds, found.all_unfolded, found.first, found.until) == (
        [3, 7],
        True,
        40,
        90,
    )
    many = reading_of({"open": [str(n) for n in range(9_999)]}, NOTHING)
    assert len(many.open_folds) == 500


@dataclass(frozen=True)
class Finding:
    tool: str
    state: str


FOUND = [Finding("ruff", "fixed"), Finding("ruff", "introduced"), Finding("bandit", "fixed")]


def test_findings_are_filtered_by_tool_and_by_state():
    def shown(**lists):
        return [n for n, each in enumerate(FOUND) if Wanted.of(lists).shows(each)]

    assert shown() == [0, 1, 2]
    assert shown(tool=["ruff"]) == [0, 1]
    assert shown(state=["fixed"]) == [0, 2]
    assert shown(tool=["ruff"], state=["fixed"]) == [0]
    assert shown(tool=["ruff", "bandit"]) == [0, 1, 2]
    assert shown(tool=["eslint"]) == []
    assert shown(state=["nonsense"]) == [0, 1, 2]


def test_a_facet_knows_its_count_and_the_address_with_it_switched():
    found = facets(FOUND, Wanted.of({"tool": ["ruff"]}))
    assert [(f.value, f.count, f.is_on, f.switched) for f in found["tools"]] == [
        ("bandit", 1, False, ["bandit", "ruff"]),
        ("ruff", 2, True, []),
    ]
    assert [(f.value, f.count) for f in found["states"]] == [("introduced", 1), ("fixed", 2)]


def test_a_filter_that_nothing_passes_can_be_taken_back():
    assert [f.value for f in facets([], Wanted.of({"tool": ["x"]}))["tools"]] == ["x"]
