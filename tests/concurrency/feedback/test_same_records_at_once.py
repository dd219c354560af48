"""The same records on several connections at the same moment."""

import pytest
from django.db import transaction

from feedback.ingest import State, receive
from feedback.models import Blob, Correction, Generation, Reaction
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import correction, generation, reaction
from tests.race import Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


def batch_of(count):
    made = [generation(output=f"x = {number}\n") for number in range(count)]
    about = [each(one) for one in made for each in (correction, shown)]
    return [*made, *about]


def shown(one):
    return reaction(one, "shown")


def states(outcomes):
    return [outcome.state for outcome in outcomes]


@pytest.mark.parametrize("attempt", range(5))
def test_opposite_orders_neither_deadlock_nor_double(key, attempt):
    batch = batch_of(60)
    moment = now()
    found = together(
        *[lambda: receive(key, batch, moment), lambda: receive(key, batch[::-1], moment)] * 2
    )
    assert all(isinstance(each, list) for each in found), found
    stored = [outcomes if n % 2 == 0 else outcomes[::-1] for n, outcomes in enumerate(found)]
    for of_one in zip(*stored, strict=True):
        assert states(of_one).count(State.STORED) == 1
        assert states(of_one).count(State.DUPLICATE) == 3
        assert len({outcome.stored_id for outcome in of_one}) == 1
    assert (
        Generation.objects.count() == Correction.objects.count() == Reaction.objects.count() == 60
    )


@pytest.mark.parametrize("attempt", range(5))
def test_generations_alone_are_stored_once_too(key, attempt):
    batch = [generation(output=f"{number % 7}") for number in range(200)]
    moment = now()
    found = together(
        *[lambda: receive(key, batch, moment), lambda: receive(key, batch[::-1], moment)] * 2
    )
    assert all(isinstance(each, list) for each in found), found
    assert sum(states(outcomes).count(State.STORED) for outcomes in found) == 200
    assert (Generation.objects.count(), Blob.objects.count()) == (200, 8)  # one empty prompt


def test_records_in_the_order_sent_would_deadlock(key):
    """Negative control: if this fails, the tests above prove nothing."""
    first, second = sorted((generation(), generation()), key=lambda one: one["id"])
    halfway = Gate()

    def one_by_one(batch, pause):
        with transaction.atomic():
            receive(key, batch[:1], now())
            pause()
            receive(key, batch[1:], now())

    slow = Run(one_by_one, [first, second], halfway.before(lambda: None))
    halfway.wait_until_reached()
    fast = Run(one_by_one, [second, first], lambda: None)
    assert not fast.done_within(0.5)
    halfway.open()
    results = [slow.result(), fast.result()]
    assert "deadlock detected" in str([each for each in results if each is not None])


def test_a_waiting_duplicate_is_stored_when_the_first_is_rolled_back(key):
    made = generation()
    holding = Gate()

    def change_of_mind():
        with transaction.atomic():
            receive(key, [made], now())
            holding.before(lambda: None)()
            transaction.set_rollback(True)

    first = Run(change_of_mind)
    holding.wait_until_reached()
    second = Run(receive, key, [made], now())
    assert not second.done_within(0.3)
    holding.open()
    assert first.result() is None
    assert states(second.result()) == [State.STORED]


def test_others_do_not_wait(key):
    """A batch in the middle of its work holds up only who sends the same ids or new texts."""
    holding = Gate()

    def slow():
        with transaction.atomic():
            receive(key, [generation(prompt="a", output="b")], now())
            holding.before(lambda: None)()

    first = Run(slow)
    holding.wait_until_reached()
    assert states(Run(receive, key, batch_of(3), now()).result()) == [State.STORED] * 9
    holding.open()
    first.result()


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_contents_under_one_id_one_wins(key, attempt):
    made = generation(output="one")
    other = made | {"output": "other"}
    moment = now()
    found = together(lambda: receive(key, [made], moment), lambda: receive(key, [other], moment))
    assert sorted(states(sum(found, []))) == [State.CONFLICT, State.STORED]
    assert Blob.objects.exclude(text="").count() == 1
