from types import SimpleNamespace

import pytest

from governance.models import User
from reviews.filters import Filters, from_query
from reviews.models import ReviewTask
from reviews.reasons import why_here, why_lost


def test_an_address_and_its_filters_say_the_same():
    filters = Filters(language=("go", "rust"), path=("a b&c",), doubt=("35",))
    assert filters.query() == "language=go&language=rust&path=a+b%26c&doubt=35"
    asked = {"language": ["go", "rust"], "path": ["a b&c"], "doubt": ["35"], "tab": ["mine"]}
    assert from_query(asked) == filters


def test_a_chip_leads_to_the_address_without_it():
    chips = Filters(language=("go",), doubt=("35",)).chips()
    assert [(chip.name, chip.value, chip.without) for chip in chips] == [
        ("language", "go", "doubt=35"),
        ("doubt over", "35 %", "language=go"),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"language": ["", "  "]},
        {"path": ["a\x00b"]},
        {"doubt": ["101"]},
        {"doubt": ["-1", "x", "1e3"]},
        {"unknown": ["x"]},
    ],
)
def test_what_makes_no_sense_is_left_out(asked):
    assert not from_query(asked)


def test_an_address_cannot_ask_for_endlessly_many_values():
    filters = from_query({"language": [f"l{n}" for n in range(500)], "repository": ["x" * 999]})
    assert len(filters.language) == 12
    assert len(filters.repository[0]) == 300


ME, OTHER = User(pk=1, username="wren"), User(pk=2, username="idris")


@pytest.mark.parametrize(
    ("row", "words", "free"),
    [
        ({"state": "leased", "leased_to": OTHER}, "idris has it now", False),
        ({"state": "leased", "leased_to": ME}, "again elsewhere", True),
        ({"state": "open"}, "Nobody else has taken it", True),
        ({"state": "decided", "decided_by": OTHER}, "idris has decided it", False),
        ({"state": "decided", "decided_by": ME}, "You have decided this item already", False),
        ({"state": "escalated"}, "waits for a curator", False),
    ],
)
def test_a_lost_hold_is_told_as_it_was(row, words, free):
    lost = why_lost(ReviewTask(**row), ME)
    assert words in lost.words
    assert lost.free is free


def test_the_more_doubt_the_stronger_the_reason():
    plain = {"is_escalated": False, "is_random": False, "kind": "plain"}
    said = [why_here(SimpleNamespace(doubt=n, **plain)) for n in (900, 400, 200, 10)]
    assert len(set(said)) == 4


def test_what_curators_get_says_why_it_is_theirs():
    passed_on = SimpleNamespace(doubt=900, is_escalated=True, kind="plain")
    disputed = SimpleNamespace(doubt=900, is_escalated=True, kind="adjudication")
    assert why_here(passed_on) == "Passed on to curators"
    assert why_here(disputed) == "The reviewers disagree"
