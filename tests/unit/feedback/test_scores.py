import pytest

from feedback.clients.scores import Score, delay_of, records_of


def kind_of(name, value=None, **more):
    """The kind and value of the one record a score comes to, or None."""
    records = records_of("sdk", Score("g", name, value, **more))
    assert len(records) <= 1
    return next(((each.get("kind", each["type"]), each.get("value")) for each in records), None)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("accepted", True, ("accepted", None)),
        ("accepted", 1.0, ("accepted", None)),
        ("accepted", "true", ("accepted", None)),
        ("accepted", False, ("rejected", None)),
        ("Accepted", 0, ("rejected", None)),
        ("rejected", True, ("rejected", None)),
        ("rejected", False, None),
        ("copied", None, ("copied", None)),
        ("survival", 0.8, ("survived", 0.8)),
        ("survival", 80, None),
        ("corrected_code", "print(1)\n", ("correction", None)),
        ("corrected_code", 1, ("rated", 1.0)),
        ("thumbs_up", None, ("rated", 1.0)),
        ("thumbs", "down", ("rated", -1.0)),
        ("helpful", True, ("rated", 1.0)),
        ("helpful", 0.75, ("rated", 0.5)),
        ("helpful", -0.5, ("rated", -0.5)),
        ("stars", 4, None),
        ("note", "wrong unit", ("commented", None)),
        ("decision", "accepted", ("accepted", None)),
        ("note", " ", None),
        ("comment", "bad", ("commented", None)),
    ],
)
def test_what_a_score_says(name, value, told):
    assert kind_of(name, value) == told


def test_the_label_decides_where_the_value_is_a_number():
    assert kind_of("decision", 1.0, label="rejected") == ("rejected", None)


def test_a_number_on_an_unknown_scale_leaves_its_comment():
    assert kind_of("stars", 4, comment="good, but slow") == ("commented", None)


def test_the_scale_of_the_sdk_is_kept_beside_ours():
    [told] = records_of("sdk", Score("g", "helpful", 0.75))
    assert (told["value"], told["score"], told["score_name"]) == (0.5, 0.75, "helpful")


def test_a_score_sent_again_is_the_same_and_another_value_is_another():
    first, again, other = (
        records_of("sdk", Score("g", "accepted", value))[0]["id"] for value in (True, True, False)
    )
    assert first == again != other


def test_the_time_to_decide_is_a_number_or_its_text():
    assert delay_of({"time_to_accept_ms": "812"}) == 812
    assert delay_of({"after_ms": 7}) == 7
    assert delay_of({"after_ms": "soon"}) is None
    assert delay_of(None) is None
