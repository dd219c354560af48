import itertools

import pytest

from curation.categories import TOP
from curation.labelers import opinions
from curation.rules import developer
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
    assert {opinion.labeler for opinion in opinions(nothing)} == set(RELIABILITY)
    assert developer.LABELER in RELIABILITY
    for says in RELIABILITY.values():
        assert all(1 / len(TOP) < right < 1 for right in says.values())
    assert sum(PRIOR.values()) == pytest.approx(1)
