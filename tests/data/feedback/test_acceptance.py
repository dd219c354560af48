from datetime import UTC, datetime, timedelta

import pytest

from feedback.acceptance import by_model
from feedback.ingest import State, receive
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


def tell(key, model, *kinds, at=AT):
    """A generation by `model` and its reactions."""
    made = generation(model_name=model)
    said = [reaction(made, kind, occurred_at=at.isoformat()) for kind in kinds]
    assert {each.state for each in receive(key, [made, *said], now())} == {State.STORED}


def rates(key, since=AT, until=AT + timedelta(hours=1)):
    return [
        (row.model_name, row.shown, row.accepted) for row in by_model(key.project, since, until)
    ]


def test_taken_is_accepted_edited_or_copied(key):
    for kinds in (["shown", "accepted"], ["edited"], ["copied", "reverted"], ["rejected"]):
        tell(key, "m", *kinds)
    assert rates(key) == [("m", 4, 3)]


def test_shown_and_left_alone_was_not_taken(key):
    tell(key, "m", "shown")
    assert rates(key) == [("m", 1, 0)]


def test_a_timeout_is_nobodys_no(key):
    tell(key, "m", "shown", "timed_out")
    tell(key, "m", "timed_out")
    tell(key, "m", "timed_out", "accepted")
    tell(key, "m", "timed_out", "rejected")
    assert rates(key) == [("m", 2, 1)]


def test_what_says_nothing_of_showing_does_not_count(key):
    made = generation(model_name="m")
    receive(key, [made, reaction(made, "rated", value=1), correction(made)], now())
    assert rates(key, AT, now() + timedelta(hours=1)) == []


def test_models_are_apart(key):
    tell(key, "b", "accepted")
    tell(key, "a", "rejected")
    tell(key, "b", "rejected")
    assert rates(key) == [("a", 1, 0), ("b", 2, 1)]


def test_the_window_is_half_open_and_by_the_clients_clock(key):
    tell(key, "before", "accepted", at=AT - timedelta(seconds=1))
    tell(key, "first", "accepted", at=AT)
    tell(key, "after", "accepted", at=AT + timedelta(hours=1))
    assert rates(key) == [("first", 1, 1)]


def test_another_project_does_not_count(key):
    tell(make_ingest_key(make_project())[0], "m", "accepted")
    assert rates(key) == []


def test_a_rate_has_its_interval(key):
    for kind in ("accepted", "rejected"):
        tell(key, "m", kind)
    [row] = by_model(key.project, AT, AT + timedelta(hours=1))
    assert row.share == 0.5
    assert row.low < 0.1 < 0.9 < row.high
