"""An item's hold runs out while its page fetches the next ones: it is not leased anew meanwhile."""

from datetime import timedelta

import pytest

from lib.clock import now
from reviews import prefetch, queue
from reviews.filters import Filters
from reviews.models import ReviewTask
from tests.builders import make_project, make_reviewer
from tests.race import Gate, Run
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db(transaction=True)


def swept_while_fetching(monkeypatch):
    """The epoch and state of the item on the screen after a sweep in the middle."""
    project, moment = make_project(), now()
    reviewer = make_reviewer(project)
    make_task(project)
    current = queue.claim(project, reviewer, moment)
    gate = Gate()
    monkeypatch.setattr(queue, "claim_ahead", gate.before(queue.claim_ahead))
    fetching = Run(prefetch.ahead, project, reviewer, moment, Filters(), current.pk)
    gate.wait_until_reached()
    sweeping = Run(queue.sweep, moment + queue.LEASE + timedelta(seconds=1))
    sweeping.done_within(0.5)
    gate.open()
    assert fetching.result() == []
    sweeping.result()
    stored = ReviewTask.objects.get(pk=current.pk)
    return stored.lease_epoch - current.lease_epoch, stored.state


def test_the_item_on_the_screen_is_not_leased_anew_by_its_own_page(monkeypatch):
    assert swept_while_fetching(monkeypatch) == (0, "open")


def test_without_the_lock_it_would_be(monkeypatch):
    """Negative control: the page's decision would be refused, for what it did itself."""
    held = queue.held_by
    monkeypatch.setattr(
        prefetch, "_hold_on_to", lambda p, r, at, pk: held(p, r, at).filter(pk=pk).exists()
    )
    assert swept_while_fetching(monkeypatch) == (1, "leased")
