"""What comes before its generation waits, and joins it."""

import pytest

from feedback import orphans
from feedback.ingest import State, join_found, receive
from feedback.models import Alias, Correction, Orphan, Reaction
from feedback.records import EARLIEST
from lib.clock import now
from tests.builders import ago, make_ingest_key, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
SPAN = {"start": {"line": 1, "column": 0}, "end": {"line": 9, "column": 0}}


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


def states(key, *sent, at=None):
    return [outcome.state for outcome in receive(key, sent, at or now())]


def test_it_waits_and_joins_days_later(key):
    made, then = generation(), ago(days=3)
    about = [reaction(made, "accepted", editor="vim"), correction(made)]
    assert states(key, *about, at=then) == [State.WAITING] * 2
    assert not Reaction.objects.exists()
    assert states(key, made) == [State.STORED]
    told = Reaction.objects.select_related("generation").get()
    assert (told.generation.client_id, told.occurred_at) == (made["id"], then)
    assert told.extra == {"editor": "vim"}
    assert Correction.objects.select_related("corrected").get().corrected.text == "x = 2\n"
    assert set(Orphan.objects.values_list("state", flat=True)) == {"joined"}


def test_sent_again_it_is_the_same_record_before_and_after(key):
    made = generation()
    told = reaction(made, "accepted")
    changed = told | {"kind": "rejected"}
    assert states(key, told, told) == [State.WAITING, State.DUPLICATE]
    assert states(key, told, changed) == [State.DUPLICATE, State.CONFLICT]
    receive(key, [made], now())
    assert states(key, told, changed) == [State.DUPLICATE, State.CONFLICT]
    assert Reaction.objects.get().kind == "accepted"


def test_an_id_that_is_taken_does_not_wait(key):
    made = generation()
    told = reaction(made, "shown")
    receive(key, [made, told], now())
    assert states(key, told | {"generation": "unknown"}) == [State.CONFLICT]
    assert not Orphan.objects.exists()


def test_a_generation_of_another_project_is_not_the_one(key):
    made = generation()
    receive(key, [reaction(made, "shown")], now())
    receive(make_ingest_key(make_project())[0], [made], now())
    assert Orphan.objects.get().state == "waiting"


def test_a_span_that_does_not_lie_in_the_output_is_refused_when_that_comes(key):
    made = generation(output="one line\n")
    receive(key, [correction(made, span=SPAN)], now())
    receive(key, [made], now())
    row = Orphan.objects.get()
    assert (row.state, row.reason) == ("refused", "the output has 2 lines, not 9")
    assert not Correction.objects.exists()


def test_a_generation_is_known_by_its_other_names(key):
    made = generation(aliases=["trace-1", "trace-1:span-1"])
    before = reaction(made, "shown") | {"generation": "trace-1"}
    after = reaction(made, "accepted") | {"generation": "trace-1:span-1"}
    together = reaction(made, "rated", value=1) | {"generation": "trace-1"}
    assert states(key, before) == [State.WAITING]
    assert states(key, made, together) == [State.STORED] * 2
    assert states(key, after) == [State.STORED]
    assert set(Reaction.objects.values_list("generation__client_id", flat=True)) == {made["id"]}


def test_a_name_stays_with_the_first_that_has_it(key):
    first, second = generation(aliases=["trace"]), generation(aliases=["trace"])
    receive(key, [first], now())
    assert states(key, second) == [State.STORED]
    assert Alias.objects.get().generation.client_id == first["id"]


def test_a_sweep_joins_what_waits_beside_its_generation(key, monkeypatch):
    made = generation()
    receive(key, [reaction(made, "shown"), reaction(made, "accepted")], now())
    with monkeypatch.context() as unseen:  # as if both had been on their way at once
        unseen.setattr(orphans, "claim", lambda *_: [])
        assert states(key, made) == [State.STORED]
    assert join_found(now(), now()) == 0  # received before that
    assert join_found(EARLIEST, now()) > 0
    assert Reaction.objects.filter(generation__client_id=made["id"]).count() == 2
    assert join_found(EARLIEST, now()) == 0
