"""How long rows are: every count by hand."""

import pytest

from curation.lengths import UNITS, Lengths, histogram, usual


@pytest.mark.parametrize(
    ("text", "characters", "lines", "tokens"),
    [
        ("", 0, 0, 0),
        ("\n", 1, 1, 0),
        ("return total(prices)", 20, 1, 5),
        ("a\nb\n", 4, 2, 2),
        ("a\nb", 3, 2, 2),
        ("größe += 1\r\n", 12, 1, 4),
    ],
)
def test_a_text_is_measured(text, characters, lines, tokens):
    assert {unit: measure(text) for unit, measure in UNITS.items()} == {
        "characters": characters,
        "lines": lines,
        "tokens": tokens,
    }


def test_bars_stand_between_powers_of_two_without_a_gap():
    assert histogram([0, 1, 1, 3, 16]) == [[0, 1], [1, 2], [2, 1], [4, 0], [8, 0], [16, 1]]
    assert histogram([7, 8]) == [[4, 1], [8, 1]]
    assert histogram([]) == []


def test_what_is_usual_is_one_of_the_lengths():
    assert usual(range(1, 101)) == {"median": 50, "p95": 95, "most": 100}
    assert usual([9]) == {"median": 9, "p95": 9, "most": 9}
    assert usual([]) == {}


def test_prompt_and_code_to_learn_count_together():
    lengths = Lengths()
    lengths.add({"prompt": "ab", "good": "cd\n", "bad": "x" * 50})
    told = lengths.told()
    assert told["histograms"]["characters"] == [[4, 1]]
    assert told["texts"]["rejected"]["characters"]["most"] == 50
