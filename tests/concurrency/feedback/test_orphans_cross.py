"""A reaction and its generation in two transactions at once, neither of which sees the other."""

import pytest
from django.db import transaction

from feedback.ingest import State, join_found, receive
from feedback.models import Orphan, Reaction
from feedback.records import EARLIEST
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import generation, reaction
from tests.race import Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


def crossed(key):
    """A reaction that commits after its generation, and looked for it before that did."""
    made, gate = generation(), Gate()

    def react():
        with transaction.atomic():
            [outcome] = receive(key, [reaction(made, "accepted")], now())
            gate.before(lambda: None)()
        return outcome.state

    slow = Run(react)
    gate.wait_until_reached()
    assert receive(key, [made], now())[0].state is State.STORED
    gate.open()
    assert slow.result() is State.WAITING


def test_without_the_sweep_it_would_wait_for_ever(key):
    """Negative control: the two do cross."""
    crossed(key)
    assert Orphan.objects.get().state == "waiting"
    assert not Reaction.objects.exists()


def test_the_sweep_joins_it_once_however_many_sweep(key):
    crossed(key)
    found = together(*[lambda: join_found(EARLIEST, now())] * 4)
    assert all(isinstance(each, int) for each in found), found
    assert Orphan.objects.get().state == "joined"
    assert Reaction.objects.count() == 1
