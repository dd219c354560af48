from datetime import timedelta

import pytest

from reviews.models import ReviewPolicy, ReviewTask
from reviews.ordering import FAR, parts_of, value_of, weakness_of


def task(**changes):
    given = {"doubt": 400, "cluster_size": 4, "weakness": 1000, "novelty": 500, "opened_at": FAR}
    return ReviewTask(**given | changes)


def points(parts):
    return {part.name: part.points for part in parts}


def test_each_part_has_its_points_and_they_add_up():
    parts = parts_of(task(), ReviewPolicy(), FAR + timedelta(days=3, hours=1))
    assert points(parts) == {
        "Doubt": 400,
        "Cluster": 375,
        "Weakness": 500,
        "Novelty": 150,
        "Age": 30,
    }
    assert value_of(parts) == 1455


@pytest.mark.parametrize("name", ["doubt", "cluster", "weakness", "novelty", "age"])
def test_each_part_can_be_switched_off(name):
    moment = FAR + timedelta(days=3)
    on = parts_of(task(), ReviewPolicy(), moment)
    off = parts_of(task(), ReviewPolicy(**{f"weighs_{name}": False}), moment)
    assert value_of(on) - value_of(off) == points(on)[name.capitalize()]


def test_the_most_corrected_category_is_the_weakest():
    assert weakness_of({1: 40, 2: 10, 3: 0}) == {1: 1000, 2: 250, 3: 0}
    assert weakness_of({}) == weakness_of({1: 0}) == {}


def test_the_words_say_what_counted():
    words = {part.name: part.why for part in parts_of(task(cluster_size=1), ReviewPolicy(), FAR)}
    assert words["Cluster"] == "nothing like it"
    assert words["Doubt"] == "the votes leave 40 % open"
