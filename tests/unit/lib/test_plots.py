"""Places in a drawing: what is stacked adds up, labels keep apart, nothing leaves its frame."""

import random
from datetime import date, timedelta

import pytest

from config.templatetags import look
from lib.intervals import Estimate, estimates
from lib.plots import Series, Step, areas, funnel, spark, stacked
from lib.scales import (
    certainty,
    count,
    cut,
    doubt,
    hundredths,
    interval,
    percent,
    share_ticks,
    spread,
    whole_ticks,
)

WEEKS = [date(2025, 12, 8) + timedelta(weeks=n) for n in range(12)]


def a_series(name, *values, colour=1):
    return Series(name, values, colour)


def points_of(area):
    return [tuple(float(part) for part in point.split(",")) for point in area.points.split()]


@pytest.mark.parametrize(
    ("high", "most", "ticks"),
    [
        (0, 5, [0, 1]),
        (1, 5, [0, 1]),
        (4, 5, [0, 1, 2, 3, 4]),
        (5, 5, [0, 2, 4, 6]),
        (707, 5, [0, 200, 400, 600, 800]),
        (707, 3, [0, 500, 1000]),
        (10_000, 5, [0, 5_000, 10_000]),
        (1_000_001, 5, [0, 500_000, 1_000_000, 1_500_000]),
    ],
)
def test_ticks_of_counts_are_round_and_reach_the_highest(high, most, ticks):
    assert whole_ticks(high, most) == ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.23, 0.347, [200, 250, 300, 350]),
        (0.0, 0.0, [0, 1]),
        (1.0, 1.0, [999, 1000]),
        (0.0, 1.0, [0, 200, 400, 600, 800, 1000]),
        (0.302, 0.304, [302, 303, 304]),
        (0.77, 0.85, [760, 780, 800, 820, 840, 860]),
    ],
)
def test_ticks_of_shares_are_round_and_stay_between_nothing_and_all(low, high, ticks):
    assert share_ticks(low, high, 6) == ticks


def test_ticks_of_any_shares_cover_them_and_are_few():
    dice = random.Random(7)
    for _ in range(2_000):
        low, high = sorted((dice.random() ** 3, dice.random()))
        ticks = share_ticks(low, high)
        assert 2 <= len(ticks) <= 5
        assert 0 <= ticks[0] <= low * 1000
        assert high * 1000 <= ticks[-1] <= 1000


def test_labels_are_moved_apart_and_keep_their_order():
    first, second, third, lowest = spread([100, 101, 102, 20], gap=13, low=12, high=110)
    assert lowest <= first - 13 <= second - 26 <= third - 39 <= 110 - 39


def test_each_band_stands_on_the_sum_below_it():
    edges = stacked([a_series("a", 1, 2), a_series("b", 10, 0), a_series("c", 0, 5)])
    assert edges == [[0, 0], [1, 2], [11, 2], [11, 7]]


def test_bands_touch_and_stay_inside_the_frame():
    series = [
        a_series(f"s{n}", *((n + 3) * (w + 1) for w in range(12)), colour=n + 1) for n in range(6)
    ]
    plot = areas("It grew.", WEEKS, series)
    for stack in (plot.wide, plot.narrow):
        below = None
        for area in stack.areas:
            over, under = points_of(area)[:12], points_of(area)[12:][::-1]
            assert below is None or under == below
            below = over
            assert all(float(stack.left) <= x <= float(stack.right) for x, _ in over)
            assert all(0 <= y <= float(stack.base) for _, y in over)


def test_labels_of_thin_bands_do_not_overlap():
    series = [a_series(f"s{n}", *[0] * 11, 1, colour=n + 1) for n in range(5)]
    series.append(a_series("most", *[900] * 12, colour=6))
    labels = sorted(float(area.label_at) for area in areas("", WEEKS, series).wide.areas)
    assert all(later - earlier >= 13 for earlier, later in zip(labels, labels[1:], strict=False))
    assert labels[-1] <= 328


def test_the_last_week_is_named_and_no_two_names_meet():
    for weeks in range(1, 30):
        shown = [date(2025, 12, 8) + timedelta(weeks=n) for n in range(weeks)]
        days = areas("", shown, [a_series("a", *[1] * weeks)]).wide.days
        assert days[-1].text == f"{shown[-1].day} {shown[-1]:%b}"
        places = [float(each.at) for each in days]
        assert all(b - a >= 40 for a, b in zip(places, places[1:], strict=False))


def test_one_week_is_a_bar_with_a_width():
    plot = areas("", WEEKS[:1], [a_series("a", 4)])
    (area,) = plot.wide.areas
    xs = [x for x, _ in points_of(area)]
    assert max(xs) - min(xs) == 40
    assert [each.text for each in plot.wide.days] == ["8 Dec"]


@pytest.mark.parametrize(
    ("weeks", "series"), [(WEEKS[:2], [a_series("a", 0, 0)]), ([], []), (WEEKS, [])]
)
def test_nothing_counted_is_no_plot(weeks, series):
    assert areas("", weeks, series) is None


def test_a_series_without_counts_is_in_the_table_only():
    plot = areas("", WEEKS[:2], [a_series("Logic", 1, 2), a_series("Style", 0, 0)])
    assert [area.name for area in plot.wide.areas] == ["Logic"]
    assert "Style" in plot.table.heads


def test_the_table_behind_the_areas_has_every_week_and_its_sum():
    plot = areas("", WEEKS[:2], [a_series("Logic", 1200, 2), a_series("Style", 34, 0)])
    assert plot.table.heads == ("Week of", "Logic", "Style", "All")
    assert plot.table.rows == (("8 Dec", "1,200", "34", "1,234"), ("15 Dec", "2", "0", "2"))


def test_a_dot_stands_on_its_interval_and_inside_the_columns():
    plot = estimates(
        "b is ahead.",
        [
            Estimate("a", "live", 0.314, 0.309, 0.319, live=True),
            Estimate("b", "", 0.331, 0.316, 0.347),
        ],
        ("Model", "State", "Accepted"),
    )
    for dots, right in ((plot.wide, 470), (plot.narrow, 276)):
        for row in dots.rows:
            low, share, high = (float(each) for each in (row.low_at, row.share_at, row.high_at))
            assert float(dots.left) <= low < share < high <= right
        assert float(dots.rows[0].share_at) < float(dots.rows[1].low_at)
    assert plot.table.rows[0] == ("a", "live", "31.4 %", "30.9–31.9 %")


def test_a_model_without_data_says_so_in_the_plot_and_in_the_table():
    rows = [Estimate("a", "", 0.5, 0.4, 0.6, seen=90), Estimate("new", "", None, None, None)]
    plot = estimates("", rows, ("Model", "State", "Accepted"))
    assert (plot.wide.rows[1].share_at, plot.wide.rows[1].text) == ("", "No data yet")
    assert plot.table.rows[1] == ("new", "", "No data yet", "", "")
    assert plot.table.heads[-1] == "Shown"


def test_on_a_phone_names_and_notes_are_whole():
    rows = [Estimate("Krippendorff's alpha", "17 items, a first hint", 0.63, 0.33, 0.85)]
    plot = estimates("", rows, ("Measure", "Of", "Value"))
    [row] = plot.narrow.rows
    assert (row.name, row.note) == ("Krippendorff's alpha", "17 items, a first hint")
    assert row.name_at == row.note_at
    assert float(row.name_at) < float(row.at)


def test_no_estimate_at_all_is_no_plot():
    assert estimates("", [Estimate("a", "", None, None, None)], ("", "", "")) is None
    assert estimates("", [], ("", "", "")) is None


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_none_and_all_are_drawn(share):
    (row,) = estimates("", [Estimate("a", "", share, share, share)], ("", "", "")).wide.rows
    assert 168 <= float(row.share_at) <= 470


def test_a_spark_starts_at_nothing_and_marks_its_last_point():
    found = spark([0, 5, 10])
    assert found.points == "2.0,25.0 42.0,14.5 82.0,4.0"
    assert (found.last_x, found.last_y) == ("82.0", "4.0")


def test_a_spark_of_one_value_is_a_point_and_of_zeros_a_flat_line():
    assert spark([3]).points == ""
    assert spark([0, 0]).points == "2.0,25.0 82.0,25.0"
    assert spark([]) is None


def test_a_funnel_says_what_each_step_lost():
    bars = funnel(
        [Step("Corrections", 3904), Step("Labelled", 3611, "293 arrived"), Step("Accepted", 0)]
    )
    assert [bar.width for bar in bars] == ["100.0%", "92.5%", "0.0%"]
    assert [bar.lost for bar in bars] == ["", "−293", "−3,611"]
    assert bars[1].why == "293 arrived"


def test_a_funnel_of_nothing_has_empty_bars():
    assert [bar.width for bar in funnel([Step("a", 0), Step("b", 0)])] == ["0.0%", "0.0%"]
    assert funnel([]) == ()


@pytest.mark.parametrize(
    ("share", "decimals", "words"),
    [(0.125, 0, "13"), (0.135, 0, "14"), (0.005, 0, "1"), (0.0005, 1, "0.1"), (0.285, 0, "29")],
)
def test_a_half_is_always_rounded_up(share, decimals, words):
    assert hundredths(share, decimals) == words
    assert percent(share, decimals) == f"{words} %"
    assert look.percent(share, decimals) == f"{words}\N{NO-BREAK SPACE}%"


def test_doubt_and_certainty_make_a_hundred_and_never_more_certain_than_it_was():
    for n in range(10_001):
        probability = n / 10_000
        urgency = round(1000 * (1 - probability))  # as reviews.slots.open_tasks counts it
        assert certainty(probability) + doubt(urgency) == 100
        assert certainty(probability) <= probability * 100 + 0.051


def test_figures_are_written_one_way():
    assert (count(1284), count(-293), count(0)) == ("1,284", "−293", "0")
    assert (percent(0.314), percent(0.314, 1), percent(1)) == ("31 %", "31.4 %", "100 %")
    assert (interval(0.77, 0.85), interval(None, None)) == ("77.0–85.0 %", "")
    assert (cut("ember-7b", 60), cut("a-very-long-model-name", 60)) == ("ember-7b", "a-very-lo…")
