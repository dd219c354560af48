"""Shares over weeks, and estimates that are no shares: in the frame, and in right words."""

import random
from datetime import date, timedelta

import pytest

from lib.intervals import COEFFICIENTS, DURATIONS, Estimate, estimates
from lib.scales import (
    between,
    coefficient,
    coefficient_ticks,
    duration,
    duration_ticks,
)
from lib.trends import Week, trend

WEEKS = [date(2026, 9, 7) + timedelta(weeks=n) for n in range(12)]


def a_week(n, share, seen=3):
    low, high = (None, None) if share is None else (max(share - 0.1, 0), min(share + 0.1, 1))
    return Week(WEEKS[n], share, low, high, 0 if share is None else seen)


def test_a_trend_stays_in_its_frame_and_breaks_where_nothing_was_measured():
    shares = [0.5, 0.6, None, 0.9, 1.0, 0.0, None, None, 0.7, None, 0.8, 0.8]
    plot = trend("It went up and down.", [a_week(n, s) for n, s in enumerate(shares)], "Items")
    for path in (plot.wide, plot.narrow):
        assert len(path.dots) == 8
        assert [len(line.split()) for line in path.lines] == [2, 3, 2]
        for dot in path.dots:
            assert float(path.left) <= float(dot.x) <= float(path.right)
            assert float(dot.high) <= float(dot.y) <= float(dot.low) <= float(path.base)
    assert plot.wide.last == "80 %"
    assert plot.table.rows[2] == ("21 Sep", "No data", "", "0")


def test_trends_beside_each_other_have_the_same_axis():
    low = trend("", [a_week(n, 0.1) for n in range(12)], "Items")
    high = trend("", [a_week(n, 0.9) for n in range(12)], "Items")
    assert low.wide.ups == high.wide.ups
    assert [tick.text for tick in low.wide.ups] == ["0 %", "25 %", "50 %", "75 %", "100 %"]


def test_a_trend_of_nothing_is_not_drawn():
    assert trend("", [a_week(n, None) for n in range(12)], "Items") is None


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.61, 0.83, [600, 700, 800, 900]),
        (-0.2, 1.0, [-500, 0, 500, 1000]),
        (-1.0, 1.0, [-1000, -500, 0, 500, 1000]),
        (1.0, 1.0, [900, 1000]),
    ],
)
def test_ticks_of_coefficients_are_round_and_go_below_chance(low, high, ticks):
    assert coefficient_ticks(low, high, 6) == ticks


def test_ticks_of_any_coefficients_cover_them_and_are_few():
    dice = random.Random(3)
    for _ in range(2_000):
        low, high = sorted((dice.uniform(-1, 1), dice.uniform(-1, 1)))
        for most in (4, 5):
            ticks = coefficient_ticks(low, high, most)
            assert 2 <= len(ticks) <= most
            assert ticks[0] <= low * 1000
            assert high * 1000 <= ticks[-1]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (41, "41 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7100, "118 min"),
        (9000, "2.5 h"),
    ],
)
def test_times_are_written_as_people_say_them(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize("high", [0.2, 5, 45, 119, 121, 900, 7300, 50_000])
def test_ticks_of_times_start_at_nothing_and_reach_the_longest(high):
    ticks = duration_ticks(0, high)
    assert ticks[0] == 0
    assert ticks[-1] >= high * 1000
    assert len(ticks) <= 5


def test_coefficients_have_a_true_minus_and_no_confusing_dash():
    assert coefficient(-0.123) == "−0.12"
    assert coefficient(-0.001) == "0.00"
    assert between(0.61, 0.83) == "0.61–0.83"
    assert between(-0.1, 0.25) == "−0.10 to 0.25"


def test_a_value_without_an_interval_is_a_dot_without_a_line():
    rows = [
        Estimate("Perfect", "8 items", 1.0, None, None, seen=8),
        Estimate("Undefined", "why", None, None, None, seen=3, missing="Undefined"),
    ]
    plot = estimates("Says.", rows, ("What", "On", "α"), COEFFICIENTS, "Items")
    perfect, undefined = plot.wide.rows
    assert perfect.share_at
    assert not perfect.low_at
    assert undefined.text == "Undefined"
    assert plot.table.heads == ("What", "On", "α", "95 % interval", "Items")
    assert plot.table.rows[0] == ("Perfect", "8 items", "1.00", "", "8")


def test_times_are_drawn_with_their_middle_half():
    rows = [Estimate("All", "", 41.0, 18.0, 90.0)]
    plot = estimates("Says.", rows, ("Decision", "", "Median"), DURATIONS, "Decisions")
    assert plot.table.heads == ("Decision", "", "Median", "Middle half")
    assert plot.table.rows == (("All", "", "41 s", "18 s–90 s"),)
    assert plot.wide.ticks[0].text == "0 s"
