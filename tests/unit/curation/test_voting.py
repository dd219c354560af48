import itertools

import pytest

from curation.categories import TOP
from curation.labelers import Panel, opinions
from curation.rules import developer, written
from curation.rules.evidence import Evidence
from curation.voting import PRIOR, RELIABILITY, SUREST, aggregate, posterior


def test_without_a_vote_the_label_is_the_likeliest_and_hardly_certain():
    label = aggregate([("developer", None)])
    assert (label.category, label.probability) == ("logic", PRIOR["logic"])
    assert label.doubt == pytest.approx(0.6)


def test_voters_who_agree_are_surer_than_one():
    one = aggregate([("developer", "security")])
    two = aggregate([("developer", "security"), ("analysers", "security")])
    assert one.category == two.category == "security"
    assert one.probability < two.probability < 1


def test_voters_who_disagree_leave_more_doubt_than_either_alone():
    split = aggregate([("developer", "security"), ("analysers", "style")])
    assert split.category == "security"
    assert split.probability < aggregate([("developer", "security")]).probability


def test_the_more_reliable_voter_wins_a_disagreement():
    assert aggregate([("reactions", "style"), ("analysers", "security")]).category == "security"


def test_however_many_agree_some_doubt_stays():
    everyone = [(voter, "security") for voter in RELIABILITY]
    assert aggregate(everyone).probability == SUREST


def test_an_abstention_changes_nothing():
    votes = [("developer", "style")]
    assert aggregate(votes) == aggregate([*votes, ("analysers", None), ("comment", None)])


def test_the_judge_has_no_part_in_what_reviewers_see_before_they_decide():
    others = [("developer", "style"), ("analysers", None)]
    assert aggregate([*others, ("judge", "security")]) == aggregate(others)
    assert aggregate([("judge", "security")]) == aggregate([])


def test_the_order_of_the_votes_does_not_matter():
    votes = [("developer", "style"), ("analysers", "security"), ("comment", None)]
    assert len({aggregate(order) for order in itertools.permutations(votes)}) == 1


def test_the_shares_are_a_distribution():
    shares = posterior([("developer", "other"), ("comment", "logic"), ("nobody knows", "style")])
    assert set(shares) == set(TOP)
    assert sum(shares.values()) == pytest.approx(1)


def test_every_labeler_has_a_reliability_better_than_chance_for_what_it_may_say():
    nothing = Evidence(language="", prompt="", output="", ideal="")
    rule = written.Rule(1, "r", "words", "x", "comment", "style")
    asked = opinions(nothing, Panel(rules=(rule,)))
    assert {opinion.labeler for opinion in asked} == set(RELIABILITY)
    assert developer.LABELER in RELIABILITY
    for says in RELIABILITY.values():
        assert all(1 / len(TOP) < right < 1 for right in says.values())
    assert sum(PRIOR.values()) == pytest.approx(1)


def test_a_weight_is_an_exponent_and_none_is_silence():
    votes = [("developer", "security"), ("comment", "style")]
    assert aggregate(votes, {"comment": 100}) == aggregate(votes)
    assert aggregate(votes, {"comment": 0}) == aggregate(votes[:1])
    halves = [("developer", "security"), ("comment", "style"), ("comment", "style")]
    half = posterior(halves, {"comment": 50})
    assert half == pytest.approx(posterior(votes))
    assert aggregate(votes, {"developer": 10}).category == "style"
