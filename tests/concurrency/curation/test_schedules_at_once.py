"""Workers that look at a schedule at once ask for one version."""

import pytest

from curation import scheduling
from curation.scheduling import freeze_due, schedule
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted
from tests.race import Gate, Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def both(monkeypatch):
    """Two workers, both past the question whether it is due where nothing holds the second."""
    project = make_project()
    make_accepted(project)
    schedule(project, "decisions", 1, make_curator(project), now())

    def run():
        gate = Gate()
        monkeypatch.setattr(scheduling, "is_stuck", gate.before(scheduling.is_stuck))
        first = Run(freeze_due, now())
        gate.wait_until_reached()
        second = Run(freeze_due, now())
        second.done_within(0.5)
        gate.open()
        return len(first.result()) + len(second.result())

    return run


def test_one_version_is_asked_for(both):
    assert both() == 1


def test_without_the_lock_there_would_be_two(both, monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    monkeypatch.setattr(scheduling, "_hold", lambda schedule: None)
    assert both() == 2
