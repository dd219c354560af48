from datetime import UTC, datetime, timedelta

import pytest

from feedback.acceptance import By, accepted, by_model, survived
from feedback.exploring import Asked, narrow
from feedback.ingest import State, receive
from governance.keys import make_key
from lib.clock import now
from tests.builders import make_admin, make_ingest_key, make_project
from tests.explorer_builders import tell as made
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
    return [(row.name, row.seen, row.kept) for row in by_model(key.project, since, until)]


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


def looked(value, at=AT, kind="survived"):
    return kind, {"occurred_at": at.isoformat(), **({} if value is None else {"value": value})}


def left(key, by=By.MODEL, among=None):
    found = survived(key.project, (by,), AT, AT + timedelta(weeks=3), among)
    return [(row.name, row.seen, row.kept) for row in found[by]]


def test_what_the_last_look_found_has_survived(key):
    early = AT + timedelta(minutes=1)
    made(key, looked(0.5, early), looked(0.9), "accepted", model_name="m")
    made(key, looked(1), model_name="m")
    assert left(key) == [("m", 2, 1.5)]


def test_what_was_taken_out_again_has_not(key):
    made(key, looked(0.9), looked(None, kind="reverted"), model_name="m")
    assert left(key) == [("m", 1, 0)]


def test_what_nobody_looked_at_does_not_count(key):
    """Of a sampled project only the followed are looked at, but every one says `reverted`."""
    made(key, "accepted", looked(None, kind="reverted"), model_name="m")
    assert left(key) == []


def test_everything_tells_apart_in_one_query(key, django_assert_num_queries):
    vim = make_key(key.project, "vim", make_admin(key.project), now())[0]
    at = (AT + timedelta(days=8)).isoformat()
    made(key, looked(None, kind="accepted"), language="go", repository="a", model_name="m")
    made(vim, ("rejected", {"occurred_at": at}), language="go", repository="b", model_name="n")
    with django_assert_num_queries(1):
        found = accepted(key.project, tuple(By), AT, AT + timedelta(weeks=2))
    assert {by: [(row.name, row.seen, row.kept) for row in rows] for by, rows in found.items()} == {
        By.MODEL: [("m", 1, 1), ("n", 1, 0)],
        By.LANGUAGE: [("go", 2, 1)],
        By.CLIENT: [("test client", 1, 1), ("vim", 1, 0)],
        By.REPOSITORY: [("a", 1, 1), ("b", 1, 0)],
        By.WEEK: [("0", 1, 1), ("1", 1, 0)],
    }


def test_a_generation_counts_once_in_the_week_it_was_first_heard_of(key):
    later = (AT + timedelta(days=9)).isoformat()
    made(key, looked(None, kind="shown"), ("accepted", {"occurred_at": later}))
    found = accepted(key.project, (By.WEEK,), AT, AT + timedelta(weeks=2))
    assert [(row.name, row.seen, row.kept) for row in found[By.WEEK]] == [("0", 1, 1)]


def test_only_generations_that_were_asked_for_count(key):
    made(key, looked(1), looked(None, kind="accepted"), language="go")
    made(key, looked(0), looked(None, kind="rejected"), language="rust")
    among = narrow(key.project, Asked({"language": "go"}))
    assert left(key, By.LANGUAGE, among) == [("go", 1, 1)]
    found = accepted(key.project, (By.LANGUAGE,), AT, AT + timedelta(weeks=1), among)
    assert [row.name for row in found[By.LANGUAGE]] == ["go"]


def test_a_percent_sign_in_a_filter_is_a_letter(key):
    made(key, looked(1), file_path="100%.py", language="go")
    made(key, looked(0), file_path="100x.py", language="rust")
    among = narrow(key.project, Asked({"path": "100%"}))
    assert left(key, By.LANGUAGE, among) == [("go", 1, 1)]
