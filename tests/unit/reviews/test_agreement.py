"""Agreement against what was published, against two libraries, and against what must hold."""

import random
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from reviews.agreement import (
    NO_PAIRS,
    NO_SPREAD,
    NOT_TWO,
    ONE_VALUE,
    TOO_RARE,
    Rating,
    agreement,
    matching,
    one_against_rest,
)

VALUES = ["security", "logic", "style", "rejected"]


def from_table(table):
    """Ratings from one row a rater, a letter or None an item."""
    return [
        Rating(item, rater, value)
        for rater, row in enumerate(table)
        for item, value in enumerate(row)
        if value is not None
    ]


def some_ratings(dice, items, raters, skew=1.0, missing=0.0):
    """People who see the same truth with some noise; `missing` answers are not there."""
    weights = [skew**n for n in range(len(VALUES))]
    table = [[None] * items for _ in range(raters)]
    for item in range(items):
        truth = dice.choices(VALUES, weights)[0]
        for row in table:
            if dice.random() >= missing:
                row[item] = truth if dice.random() < 0.6 else dice.choices(VALUES, weights)[0]
    return table


def as_numbers(table):
    return np.array([[np.nan if v is None else VALUES.index(v) for v in row] for row in table])


# ---- published examples ---------------------------------------------------------------------


def test_alpha_of_two_observers_as_krippendorff_computes_it():
    """Computing Krippendorff's Alpha-Reliability (2011), section B: nominal data, two observers."""
    meg = list("aabbdcccedda")
    owen = list("babbbccceddd")
    assert agreement(from_table([meg, owen])).alpha.value == pytest.approx(0.692, abs=0.0005)


def test_alpha_of_four_observers_with_missing_values_as_krippendorff_computes_it():
    """The same, section C: any number of observers, missing data; unit 12 is compared with none."""
    rows = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    table = [[None if v == "." else v for v in row.split()] for row in rows]
    found = agreement(from_table(table))
    assert found.alpha.value == pytest.approx(0.743, abs=0.0005)
    assert found.alpha.items == 11


def test_kappa_of_two_people_as_cohen_computes_it():
    """Weighted kappa, Psychological Bulletin 70 (1968), table 1: plain kappa is 0.492."""
    hundredths = [[44, 7, 9], [5, 20, 5], [1, 3, 6]]
    pairs = [
        (f"{one}", f"{other}")
        for one, row in enumerate(hundredths)
        for other, number in enumerate(row)
        for _ in range(number)
    ]
    found = agreement(from_table(list(zip(*pairs, strict=True))))
    assert found.cohen.value == pytest.approx(0.492, abs=0.0005)
    assert found.percent.value == pytest.approx(0.70)


def test_kappa_of_many_people_as_fleiss_computes_it():
    """Nominal scale agreement among many raters (1971), table 1: 30 patients, 6 raters."""
    patients = """
        444444 222555 233335 555555 222444 113333 333355 113334 114444 555555
        144444 124444 222333 144444 224445 333335 111455 111112 224444 133555
        555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
    """
    ratings = [
        Rating(item, rater, value)
        for item, said in enumerate(patients.split())
        for rater, value in enumerate(said)
    ]
    found = agreement(ratings)
    assert found.fleiss.value == pytest.approx(0.430, abs=0.0005)
    assert found.percent.value == pytest.approx(0.556, abs=0.0005)
    assert found.cohen.value is None


# ---- libraries ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_alpha_is_what_the_krippendorff_library_computes(seed):
    dice = random.Random(seed)
    table = some_ratings(
        dice, dice.randint(5, 60), dice.randint(2, 6), dice.uniform(0.3, 1), dice.uniform(0, 0.5)
    )
    expected = krippendorff.alpha(as_numbers(table), level_of_measurement="nominal")
    assert agreement(from_table(table)).alpha.value == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(40))
def test_kappas_are_what_statsmodels_computes(seed):
    dice = random.Random(seed)
    table = some_ratings(dice, dice.randint(5, 60), dice.randint(3, 6), dice.uniform(0.3, 1))
    counts, _ = aggregate_raters(as_numbers(table).T.astype(int))
    assert agreement(from_table(table)).fleiss.value == pytest.approx(fleiss_kappa(counts))
    one, other = table[:2]
    crossed = [
        [sum(pair == (a, b) for pair in zip(one, other, strict=True)) for b in VALUES]
        for a in VALUES
    ]
    expected = cohens_kappa(crossed, return_results=False)
    assert agreement(from_table(table[:2])).cohen.value == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(10))
def test_one_answer_against_the_rest_is_the_same_with_the_rest_merged(seed):
    dice = random.Random(seed)
    table = some_ratings(dice, 40, 4, 0.8, 0.2)
    merged = [[v and (v if v == "logic" else "x") for v in row] for row in table]
    ours = one_against_rest(from_table(table), "logic")
    expected = krippendorff.alpha(
        np.array([[np.nan if v is None else float(v == "x") for v in row] for row in merged]),
        level_of_measurement="nominal",
    )
    assert ours.alpha.value == pytest.approx(expected)
    assert ours.percent.value == pytest.approx(agreement(from_table(merged)).percent.value)


# ---- what must hold -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_neither_the_order_of_people_nor_of_items_nor_of_ratings_matters(seed):
    dice = random.Random(seed)
    ratings = from_table(some_ratings(dice, 30, 4, 0.7, 0.3))
    raters, items = dice.sample(range(4), 4), dice.sample(range(30), 30)
    moved = [Rating(items[each.item], raters[each.rater], each.value) for each in ratings]
    dice.shuffle(moved)
    assert agreement(moved) == agreement(ratings)


def test_the_names_of_the_answers_do_not_matter():
    table = some_ratings(random.Random(3), 30, 2, 0.7)
    renamed = [[v[::-1] for v in row] for row in table]
    ours, theirs = agreement(from_table(table)), agreement(from_table(renamed))
    for name in ("percent", "cohen", "fleiss", "alpha"):
        assert getattr(ours, name).value == pytest.approx(getattr(theirs, name).value)


def test_people_who_always_agree_have_one_and_no_interval_but_for_the_percentage():
    table = [["security", "logic", "style", "logic"]] * 2
    found = agreement(from_table(table))
    for each in (found.cohen, found.fleiss, found.alpha):
        assert (each.value, each.low, each.high, each.why) == (1, None, None, NO_SPREAD)
    assert found.percent.value == 1
    assert found.percent.low == pytest.approx(0.51, abs=0.01)
    assert found.percent.high == 1


def test_dice_agree_as_chance_does():
    dice = random.Random(11)
    table = [[dice.choice(VALUES) for _ in range(2_000)] for _ in range(2)]
    found = agreement(from_table(table))
    for each in (found.cohen, found.fleiss, found.alpha):
        assert each.low < 0 < each.high
    assert found.percent.value == pytest.approx(0.25, abs=0.03)


def test_people_who_never_agree_are_below_chance():
    found = agreement(from_table([["a", "b"] * 10, ["b", "a"] * 10]))
    assert found.percent.value == 0
    assert found.cohen.value == pytest.approx(-1)
    assert found.alpha.value < -0.9


@pytest.mark.parametrize("table", [[], [["a", "b"]], [["a", None], [None, "b"]]])
def test_without_a_pair_nothing_is_said(table):
    found = agreement(from_table(table))
    for each in (found.percent, found.cohen, found.fleiss, found.alpha):
        assert (each.value, each.low, each.high, each.items) == (None, None, None, 0)
        assert each.why == NO_PAIRS


def test_one_answer_throughout_is_undefined_and_not_perfect():
    found = agreement(from_table([["a"] * 50, ["a"] * 50]))
    assert found.percent.value == 1
    for each in (found.cohen, found.fleiss, found.alpha):
        assert (each.value, each.why) == (None, ONE_VALUE)


def test_an_answer_seen_once_has_a_value_and_no_interval():
    found = agreement(from_table([["a"] * 30, ["a"] * 29 + ["b"]]))
    assert found.alpha.value is not None
    assert (found.alpha.low, found.alpha.why) == (None, TOO_RARE)


def test_cohen_is_for_two_people_only():
    found = agreement(from_table([["a", "b"]] * 3))
    assert (found.cohen.value, found.cohen.why) == (None, NOT_TWO)


def test_the_last_word_of_a_person_on_an_item_counts():
    changed = [Rating(1, "ana", "x"), Rating(1, "ben", "y"), Rating(1, "ana", "y")]
    assert agreement(changed).percent.value == 1


def test_fleiss_takes_the_items_with_the_usual_number_of_ratings():
    table = [["a", "b", "a", "b"], ["a", "b", "b", "b"], ["a", None, None, None]]
    found = agreement(from_table(table))
    assert found.fleiss.items == 3
    assert found.alpha.items == 4
    without_the_first = [row[1:] for row in table[:2]]
    assert found.fleiss.value == agreement(from_table(without_the_first)).fleiss.value


def test_items_may_match_in_part():
    found = matching([1.0, 0.5, 0.0, 0.5] * 20)
    assert found.value == 0.5
    assert 0.4 < found.low < 0.5 < found.high < 0.6


def test_a_single_match_is_not_a_certainty():
    found = matching([1.0])
    assert (found.value, found.high, found.items) == (1, 1, 1)
    assert found.low < 0.25


def test_nothing_to_match_says_why():
    assert matching([], "nothing yet").why == "nothing yet"


def test_few_items_are_marked_as_few():
    few = agreement(from_table(some_ratings(random.Random(1), 29, 2)))
    enough = agreement(from_table(some_ratings(random.Random(1), 30, 2)))
    assert few.alpha.is_small
    assert not enough.alpha.is_small


def test_the_same_ratings_give_the_same_interval():
    ratings = from_table(some_ratings(random.Random(5), 50, 3))
    assert agreement(ratings) == agreement(list(ratings))


def test_more_items_narrow_the_interval():
    widths = [
        (lambda found: found.high - found.low)(
            agreement(from_table(some_ratings(random.Random(2), items, 3))).alpha
        )
        for items in (40, 400, 4_000)
    ]
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """50 samples of 100 items, drawn from a known population."""
    dice = random.Random(8)
    population = list(zip(*some_ratings(dice, 5_000, 3, 0.6), strict=True))
    truth = agreement(from_table(list(zip(*population, strict=True))))
    held = dict.fromkeys(["percent", "fleiss", "alpha"], 0)
    for _ in range(50):
        found = agreement(from_table(list(zip(*dice.choices(population, k=100), strict=True))))
        for name in held:
            each = getattr(found, name)
            held[name] += each.low <= getattr(truth, name).value <= each.high
    for times in held.values():
        assert times / 50 >= 0.86


def test_items_are_drawn_whole():
    """Ten people on each of few items tell less than their number of pairs would have it."""
    dice = random.Random(4)
    found = agreement(from_table(some_ratings(dice, 12, 10))).percent
    pairs = 12 * len(list(combinations(range(10), 2)))
    as_if_independent = 2 * 1.96 * (found.value * (1 - found.value) / pairs) ** 0.5
    assert found.high - found.low > 1.5 * as_if_independent
