"""Many workers, one run each: no run is taken twice, and nobody waits for another."""

import pytest

from lib.clock import now
from reviews import planning, running
from reviews.models import TestPlan, TestRun
from tests.builders import make_project
from tests.race import together
from tests.testing_builders import OWN, make_tested

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def task():
    return make_tested(make_project(), OWN)


def test_two_workers_take_two_runs(task):
    planning.ask(task.example, None, now())
    found = together(*[lambda n=n: running.take(f"host-{n}", now()) for n in range(4)])
    taken = [run.pk for run in found if run is not None]
    assert sorted(taken) == sorted(TestRun.objects.values_list("pk", flat=True))


def test_without_the_lock_they_would_take_the_same(task):
    """Negative control: if this fails, the test above proves nothing."""
    planning.ask(task.example, None, now())
    found = together(*[lambda: running.due(now()).first().pk] * 4)
    assert len(set(found)) == 1


def test_asking_at_once_makes_each_run_once(task):
    found = together(*[lambda: planning.ask(task.example, None, now())] * 6)
    assert not [each for each in found if isinstance(each, Exception)], found
    assert TestRun.objects.count() == 2
    assert TestPlan.objects.count() == 1
