"""An erasure and reports at once: what was erased stays away, what is acknowledged is whole."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection

from config.erasure import erasing
from config.erasure.erasing import Busy, erase
from config.erasure.requests import OneGeneration
from feedback.ingest import receive
from feedback.models import Blob, Generation, Reaction
from governance import tombstones
from governance.models import Erasure
from lib.clock import now
from tests.builders import make_admin, make_ingest_key, make_project
from tests.curation_builders import make_accepted
from tests.race import Gate, Run

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = {"type": "generation", "id": "g1", "prompt": "shared", "output": "own"}
OTHER = FIRST | {"id": "g2", "output": "of the other"}
SAID = {"type": "reaction", "id": "r1", "generation": "g1", "kind": "shown"}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def key(project):
    return make_ingest_key(project)[0]


@contextmanager
def erasing_g1(project, monkeypatch):
    """An erasure that has removed everything and waits before it commits."""
    gate, set_config = Gate(), erasing._set
    waits = gate.before(set_config)
    monkeypatch.setattr(
        erasing, "_set", lambda name, value: (set_config if value else waits)(name, value)
    )
    run = Run(erase, project, OneGeneration("g1"), None, now())
    gate.wait_until_reached()
    yield gate
    gate.open()
    assert isinstance(run.result(), Erasure)


def states(outcomes):
    return [str(each.state) for each in outcomes]


@pytest.mark.parametrize("sent", [[FIRST], [FIRST, SAID], [SAID]], ids=["alone", "both", "said"])
def test_what_is_sent_again_meanwhile_stays_away(project, key, monkeypatch, sent):
    receive(key, [FIRST], now())
    with erasing_g1(project, monkeypatch):
        again = Run(receive, key, sent, now())
        assert not again.done_within(0.3)
    assert states(again.result()) == ["erased"] * len(sent)
    assert not Generation.objects.exists()
    assert not Reaction.objects.exists()


def test_without_the_trigger_one_sent_alone_would_come_back(project, key, monkeypatch):
    """Negative control: its statement began before the tombstone was there to see."""
    receive(key, [FIRST], now())
    table, trigger = "feedback_generation", "feedback_generation_erased"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    try:
        with erasing_g1(project, monkeypatch):
            again = Run(receive, key, [FIRST], now())
            assert not again.done_within(0.3)
        assert states(again.result()) == ["stored"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def test_without_taking_turns_a_batch_would_fail(project, key, monkeypatch):
    """Negative control: what is said of it finds the generation, and then it is gone."""
    receive(key, [FIRST], now())
    with erasing_g1(project, monkeypatch):
        monkeypatch.setattr(tombstones, "hold_open", lambda project: None)
        again = Run(receive, key, [SAID], now())
        assert not again.done_within(0.3)
    assert isinstance(again.result(), IntegrityError)


@pytest.mark.parametrize("more", [[], [OTHER | {"id": "g3"}]], ids=["alone", "batch"])
def test_a_text_that_a_report_relies_on_is_there_afterwards(project, key, monkeypatch, more):
    receive(key, [FIRST], now())
    with erasing_g1(project, monkeypatch):
        other = Run(receive, key, [OTHER, *more], now())
        other.done_within(0.3)
    assert set(states(other.result())) == {"stored"}
    assert set(Blob.objects.values_list("text", flat=True)) == {"shared", "of the other"}


def test_another_project_does_not_wait(project, key, monkeypatch):
    receive(key, [FIRST], now())
    elsewhere, _ = make_ingest_key(make_project())
    with erasing_g1(project, monkeypatch):
        assert states(receive(elsewhere, [FIRST, SAID], now())) == ["stored"] * 2


def test_what_others_keep_writing_to_is_left_whole(project, monkeypatch):
    example = make_accepted(project, client_id="one")
    # rows that the plan does not see, as if they came just now
    monkeypatch.setattr(erasing, "reach_of", _forgets_votes(erasing.reach_of))
    with pytest.raises(Busy):
        erase(project, OneGeneration("g-one"), make_admin(project), now())
    assert example.votes.exists()
    assert not Erasure.objects.exists()


def _forgets_votes(reach_of):
    def forgetful(*args, **kwargs):
        reach = reach_of(*args, **kwargs)
        reach.of = {table: ids for table, ids in reach.of.items() if table.__name__ != "Vote"}
        return reach

    return forgetful
