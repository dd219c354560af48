"""From answers to what the pages show."""

from datetime import UTC, datetime, timedelta

from reviews.agreement import matching
from reviews.measures import per_week, quartiles, week_of, weekly, with_peers
from reviews.opinions import Answer, Compared
from reviews.own_numbers import numbers_of
from reviews.team_numbers import in_words

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAMES = {"security": "Security", "logic": "Logic", "rejected": "Rejected"}
ME, ANA, BEN = 1, 2, 3


def said(person, example, value, weeks_ago=0.5, **changes):
    columns = {"kind": "accept", "held_ms": 30_000} | changes
    return Answer(example, person, value, at=NOW - timedelta(weeks=weeks_ago), **columns)


def compared(said, right, weeks_ago=0.5, **changes):
    return Compared(7, "load.py", ME, NOW - timedelta(weeks=weeks_ago), said, right, **changes)


def test_peers_are_those_who_answered_the_same_item():
    found = [said(ME, 1, "logic"), said(ANA, 1, "logic"), said(BEN, 1, "security")]
    found += [said(ME, 2, "logic"), said(ANA, 3, "logic")]
    assert [share for _, share in with_peers(found, ME)] == [0.5]
    assert [share for _, share in with_peers(found, ANA)] == [0.5]
    assert [share for _, share in with_peers(found, BEN)] == [0.0]


def test_weeks_are_counted_back_from_now():
    assert week_of(NOW, NOW) == 11
    assert week_of(NOW - timedelta(days=7), NOW) == 10
    assert week_of(NOW - timedelta(weeks=12), NOW) is None
    assert week_of(NOW + timedelta(seconds=1), NOW) is None
    (series,) = per_week([("a", "A", 1)], [("a", NOW), ("a", NOW), ("b", NOW)], NOW)
    assert series.values == (0,) * 11 + (2,)


def test_a_week_has_its_own_share_and_interval():
    plot = weekly("Says.", [(NOW, 1.0), (NOW, 0.0), (NOW - timedelta(weeks=2), 1.0)], NOW, "Items")
    assert [row[1] for row in plot.table.rows[-3:]] == ["100 %", "No data", "50 %"]
    assert all(row[2] for row in plot.table.rows if row[1] != "No data")


def test_quartiles_of_times():
    found = quartiles("All", [10_000, 20_000, 30_000, 40_000, 50_000])
    assert (found.low, found.share, found.high) == (20, 30, 40)
    assert quartiles("All", []).share is None


def test_a_page_of_nothing_says_so_everywhere():
    page = numbers_of(ME, [], [], [], NAMES, NOW)
    assert (page.decided, page.time_text, page.time_span) == (0, "–", "")
    assert page.decisions is page.times is page.shares is page.coefficients is None
    assert [drift.plot for drift in page.drifts] == [None, None, None]


def test_one_s_own_page_holds_nobody_else_s_decisions_or_times():
    found = [said(ME, n, "logic") for n in range(4)]
    found += [said(ANA, n, "logic", held_ms=3_600_000) for n in range(40)]
    page = numbers_of(ME, found, [], [], NAMES, NOW)
    assert page.decided == 4
    assert page.time_text == "30 s"
    assert page.peers.items == 4


def test_gold_and_repeats_are_listed_with_what_was_known():
    gold = [compared("logic", "security", why="CWE-95."), compared("logic", "logic")]
    again = [
        compared("rejected", "logic", since=NOW - timedelta(weeks=3)),
        compared("logic", "logic"),
    ]
    page = numbers_of(ME, [], gold, again, NAMES, NOW)
    assert [item.matches for item in page.gold_items] == [False, True]
    assert (page.gold_items[0].said, page.gold_items[0].right) == ("Logic", "Security")
    assert page.gold.value == 0.5
    assert [item.said for item in page.changed] == ["Rejected"]
    assert page.repeated == 2


def test_the_judge_has_a_row_only_where_there_is_one():
    without = numbers_of(ME, [said(ME, 1, "logic"), said(ANA, 1, "logic")], [], [], NAMES, NOW)
    assert [row.name for row in without.shares.wide.rows][-1] == "Yourself, earlier"
    judged = [said(ME, 1, "logic", agrees_with_judge=True)]
    with_it = numbers_of(ME, judged, [], [], NAMES, NOW)
    assert [row.name for row in with_it.shares.wide.rows][-1] == "The judge"


def test_few_items_are_marked_in_words_too():
    assert in_words(matching([1.0] * 5)).endswith("of 5, a first hint")
    assert in_words(matching([1.0, 0.0] * 20)).endswith("of 40")
    assert in_words(matching([])) == "–"
