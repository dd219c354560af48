"""What the overview says about its figures."""

from datetime import date
from types import SimpleNamespace as Thing

import pytest

from config.figures import Decided, Passage, Weekly, top_of
from config.overview import (
    categories_plot,
    compared,
    finding,
    most_seen_live,
    pace,
    shares,
    steps,
    steps_table,
)
from lib.intervals import Estimate


def accepted(name, shown, share):
    return Thing(name=name, seen=shown, share=share, low=share - 0.03, high=share + 0.03)


def an_endpoint(name, live):
    return Thing(name=name, live=live)


@pytest.mark.parametrize(
    ("number", "before", "says"),
    [
        (106, 100, "up 6 % on the 7 days before"),
        (94, 100, "down 6 % on the 7 days before"),
        (0, 100, "down 100 % on the 7 days before"),
        (1000, 1001, "as much as in the 7 days before"),
        (5, 0, "nothing in the 7 days before"),
        (0, 0, ""),
    ],
)
def test_a_number_is_compared_with_the_time_before(number, before, says):
    assert compared(number, before, "7 days") == says


@pytest.mark.parametrize(
    ("median", "says"),
    [
        (None, "1,200 reviewed today"),
        (34_000.0, "1,200 reviewed today, median 34 s each"),
        (119_000.0, "1,200 reviewed today, median 119 s each"),
        (300_000.0, "1,200 reviewed today, median 5 min each"),
    ],
)
def test_the_pace_is_told_in_the_unit_people_use(median, says):
    assert pace(Decided((), 1200, median)) == says


def test_a_lead_is_only_called_one_when_the_intervals_are_apart():
    ahead, behind = Estimate("a", "", 0.4, 0.38, 0.42), Estimate("b", "", 0.3, 0.28, 0.32)
    near = Estimate("c", "", 0.39, 0.36, 0.41)
    assert finding([behind, ahead]) == (
        "a leads with 40.0 % accepted; its 95 % interval lies above that of b."
    )
    assert finding([ahead, near]).endswith("the 95 % intervals of it and c overlap.")
    assert finding([ahead]).endswith("its 95 % interval is 38.0–42.0 %.")
    assert finding([Estimate("new", "", None, None, None)]) == ""


def test_models_are_listed_by_share_and_a_live_one_without_data_is_not_left_out():
    rows = shares(
        [accepted("old", 90, 0.2), accepted("ember r2", 50, 0.3), accepted("", 7, 0.1)],
        [
            an_endpoint("complete", "ember r2"),
            an_endpoint("chat", "new r1"),
            an_endpoint("x", None),
        ],
    )
    assert [(row.name, row.note, row.live) for row in rows] == [
        ("ember r2", "live on complete", True),
        ("old", "", False),
        ("Not named", "", False),
        ("new r1", "live on chat", True),
    ]
    assert rows[-1].share is None
    assert most_seen_live(rows).name == "ember r2"
    assert most_seen_live([]) is None


def test_each_step_to_the_data_says_why_it_is_smaller():
    version = Thing(number=4)
    bars = steps(Passage(corrections=10, labelled=9, decided=6, accepted=5, frozen=3), version)
    assert [(bar.name, bar.kept, bar.lost, bar.why) for bar in bars] == [
        ("Corrections", "10", "", ""),
        ("Labelled", "9", "−1", "1 waiting for the labelers"),
        ("Decided", "6", "−3", "3 not decided yet"),
        ("Accepted", "5", "−1", "1 rejected"),
        ("In dataset version 4", "3", "−2", "2 accepted since, or left out by the recipe"),
    ]
    assert steps_table(bars).rows[1] == ("Labelled", "9", "−1", "90.0 %")


def test_without_a_frozen_version_the_way_ends_with_acceptance():
    assert [bar.name for bar in steps(Passage(2, 2, 0, 0, 0), None)][-1] == "Accepted"


def test_a_category_is_counted_under_the_top_one_above_it():
    tree = [Thing(pk=1, parent_id=None), Thing(pk=2, parent_id=1), Thing(pk=3, parent_id=2)]
    assert top_of(tree) == {1: 1, 2: 1, 3: 1}


def test_categories_keep_their_colour_whatever_else_was_counted():
    names = ["security", "logic", "performance", "style", "other"]
    counted = [(Thing(title=name.capitalize(), slug=name), (0, n)) for n, name in enumerate(names)]
    plot = categories_plot(Weekly((date(2026, 3, 2), date(2026, 3, 9)), tuple(counted)))
    assert [(area.name, area.colour) for area in plot.wide.areas][-1] == ("Other", 6)
