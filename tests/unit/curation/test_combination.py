"""The stacker and the temperature: used where they are better on what they had not seen, only."""

import json
import random

import pytest

from curation import combining
from curation.categories import TOP
from curation.combination import Combination, Stacked, cooled
from curation.combining import Verdict, fitted, measured
from curation.voting import PRIOR, RELIABILITY, SUREST, UNKNOWN_VOTER, aggregate, posterior

KINDS = ("security", "logic", "performance", "style")


def draw(dice, shares):
    return dice.choices(list(shares), list(shares.values()))[0]


def as_assumed(count, seed):
    """Voters who err as Dawid and Skene's model has it, so that nothing is left to be learnt."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        truth = draw(dice, PRIOR)
        votes = []
        for voter in ("written rules", "learned", "a stranger"):
            right = RELIABILITY.get(voter, {}).get(truth, UNKNOWN_VOTER)
            others = [slug for slug in TOP if slug != truth]
            said = truth if dice.random() < right else dice.choice(others)
            votes.append((voter, said if dice.random() < 0.6 else None))
        found.append(Verdict(votes, truth))
    return found


def repeating(count, seed):
    """One poor linter under three names, and a comment that is mostly right."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        truth = dice.choice(KINDS)
        linter = truth if dice.random() < 0.3 else dice.choice(KINDS)
        comment = truth if dice.random() < 0.8 else dice.choice(KINDS)
        same = [(voter, linter) for voter in ("analysers", "written rules", "learned")]
        found.append(Verdict([*same, ("comment", comment)], truth))
    return found


# ---- the choice


def test_voters_that_repeat_each_other_are_seen_through():
    found = measured(repeating(300, 1), {})
    assert found.figures["aggregator"] == "stacker"
    assert found.figures["loss_saved"][1] > 0
    plain, stacked = found.figures["dawid_skene"], found.figures["stacker"]
    assert stacked["accuracy"] > plain["accuracy_95"][1]
    assert stacked["macro_f1"] > plain["macro_f1_95"][1]
    assert found.figures["used"]["calibration_error"] < 0.1 < plain["calibration_error"]


def test_it_is_as_good_on_verdicts_that_came_later():
    combination = measured(repeating(300, 1), {}).combination
    later = repeating(1_000, 2)
    right = [
        sum(aggregate(each.votes, {}, combine).category == each.category for each in later)
        for combine in (posterior, combination)
    ]
    assert right[1] > right[0] + 100


@pytest.mark.parametrize("seed", range(5))
def test_where_the_model_holds_nothing_else_is_used(seed):
    """Negative control: a stacker that won here would win by chance."""
    found = measured(as_assumed(200, seed), {})
    assert found.figures["aggregator"] == "dawid-skene"
    assert found.combination.stacked is None


def test_fewer_than_a_hundred_verdicts_change_nothing():
    found = measured(repeating(combining.ENOUGH - 1, 1), {})
    assert found.combination == Combination()
    assert (found.figures["aggregator"], found.figures["temperature"]) == ("dawid-skene", 1.0)
    assert measured(repeating(combining.ENOUGH, 1), {}).combination != Combination()


def test_verdicts_of_nonsense_change_no_label():
    dice = random.Random(4)
    votes = repeating(300, 1)
    shuffled = [Verdict(each.votes, dice.choice(KINDS)) for each in votes]
    used = measured(shuffled, {}).figures["used"]
    assert used["accuracy"] < 0.4


@pytest.mark.parametrize("count", [0, 1, 2])
def test_next_to_nothing_is_measured_without_falling_over(count):
    assert measured(repeating(count, 1), {}).combination == Combination()


def test_one_category_alone_teaches_no_certainty():
    told = [Verdict([("comment", "style")], "style") for _ in range(120)]
    combination = measured(told, {}).combination
    assert aggregate([("comment", "style")], {}, combination).probability <= SUREST
    assert aggregate([("tests", "logic")], {}, combination).category == "logic"


def test_a_temperature_is_used_only_where_it_lowers_the_calibration_error(monkeypatch):
    monkeypatch.setattr(combining, "_held_out", lambda verdicts, weights: _plain(verdicts))
    poor = [
        Verdict([("comment", dice.choice(KINDS)), ("analysers", "security")], dice.choice(KINDS))
        for dice in [random.Random(7)]
        for _ in range(300)
    ]
    found = measured(poor, {})
    assert found.figures["aggregator"] == "dawid-skene"
    assert found.combination.temperature > 2
    assert (
        found.figures["used"]["calibration_error"]
        < found.figures["dawid_skene"]["calibration_error_95"][0]
    )
    kept = measured(as_assumed(400, 11), {}).figures
    assert kept["used"]["calibration_error"] <= kept["dawid_skene"]["calibration_error"]


def _plain(verdicts):
    return combining._of_all(Combination(), verdicts, {})


# ---- what is said


def test_without_anything_learnt_it_is_dawid_and_skene():
    votes = [("comment", "style"), ("tests", "logic"), ("shape", None)]
    assert Combination()(votes) == posterior(votes)
    nothing = Stacked(("comment",), tuple((0.0,) * 5 for _ in range(6)), (0.0,) * 5)
    assert Combination(nothing)(votes) == pytest.approx(posterior(votes))


def test_it_adds_up_to_one_in_any_order_and_comes_back_from_json():
    stacked = fitted(repeating(200, 1), {})
    back = Stacked.of(json.loads(json.dumps(stacked.to_json())))
    assert back == stacked
    votes = [
        ("comment", "style"),
        ("learned", "logic"),
        ("analysers", None),
        ("new voter", "other"),
    ]
    shares = Combination(back, 1.7)(votes)
    assert sum(shares.values()) == pytest.approx(1)
    assert set(shares) == set(TOP)
    assert Combination(back, 1.7)(votes[::-1]) == shares


def test_a_voter_that_is_switched_off_adds_nothing():
    stacked = fitted(repeating(200, 1), {})
    off = {"comment": 0}
    with_it = stacked.shares([("comment", "style"), ("learned", "logic")], off)
    assert with_it == stacked.shares([("learned", "logic")], off)


def test_silence_is_a_saying():
    dice = random.Random(5)
    told = []
    for _ in range(400):
        truth = dice.choice(("logic", "style"))
        # it speaks of style half the time, and is silent for logic
        said = "style" if truth == "style" and dice.random() < 0.9 else None
        told.append(Verdict([("shape", said)], truth))
    stacked = fitted(told, {})
    assert stacked.shares([("shape", None)])["logic"] > posterior([("shape", None)])["logic"] + 0.2


def test_the_word_of_a_curator_is_the_label_whatever_was_learnt():
    stacked = fitted(repeating(200, 1), {})
    votes = [("comment", "style"), ("curator", "other"), ("judge", "logic")]
    assert aggregate(votes, {}, Combination(stacked)).category == "other"
    without = aggregate(votes[:1], {}, Combination(stacked))
    assert aggregate([votes[0], votes[2]], {}, Combination(stacked)) == without


def test_a_temperature_makes_more_or_less_sure_and_names_the_same():
    shares = posterior([("comment", "style")])
    hot, cold = cooled(shares, 2), cooled(shares, 0.5)
    assert max(shares, key=shares.get) == max(hot, key=hot.get) == max(cold, key=cold.get)
    assert hot["style"] < shares["style"] < cold["style"]
    assert cooled(shares, 1) == shares
