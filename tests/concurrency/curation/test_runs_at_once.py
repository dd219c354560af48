"""One version of a project is built at a time, and two workers at one run say things once."""

import pytest
from django.db import IntegrityError

from curation import datasets, labeling, runs
from curation.models import DatasetVersion, Run
from lib.clock import now
from lib.transitions import MoveRefused
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted, make_example
from tests.race import Gate, together
from tests.race import Run as Thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two():
    """Two versions of a project that wait to be built."""
    project = make_project()
    make_accepted(project)
    curator = make_curator(project)
    return [datasets.request(project, curator, now()) for _ in range(2)]


def states():
    return list(DatasetVersion.objects.order_by("number").values_list("state", flat=True))


@pytest.fixture
def both(monkeypatch, two):
    """Two builders, both past the question whether another is built where nothing holds one."""

    def run():
        gate = Gate()
        monkeypatch.setattr(datasets, "move", gate.before(datasets.move))
        first = Thread(datasets._begin, two[0])
        gate.wait_until_reached()
        second = Thread(datasets._begin, two[1])
        second.done_within(0.5)
        gate.open()
        return [first.result(), second.result()]

    return run


def test_the_second_waits_for_the_first(both):
    first, second = both()
    assert first is None
    assert isinstance(second, MoveRefused)
    assert states() == ["building", "requested"]
    assert DatasetVersion.objects.get(number=2).attempts == 0


def test_without_the_lock_only_the_database_would_refuse(both, monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    monkeypatch.setattr(datasets, "_hold_project", lambda version: None)
    assert any(isinstance(each, IntegrityError) for each in both())


def test_the_second_is_built_once_the_first_is_over(two):
    first, second = two
    datasets._begin(first)
    with pytest.raises(MoveRefused):
        datasets.build(second)
    datasets.cancel(first, first.requested_by, now())
    datasets.build(second)
    assert states() == ["cancelled", "frozen"]


def test_versions_of_two_projects_are_built_at_once(two):
    project = make_project()
    make_accepted(project)
    other = datasets.request(project, make_curator(project), now())
    datasets._begin(two[0])
    datasets._begin(other)
    assert states().count("building") == 2


def test_builders_of_one_version_say_things_once(monkeypatch):
    monkeypatch.setattr(datasets, "BATCH", 2)
    project = make_project()
    for number in range(7):
        make_accepted(project, repository=f"r{number}", client_id=f"c{number}")
    version = datasets.request(project, make_curator(project), now())
    copies = [DatasetVersion.objects.get(pk=version.pk) for _ in range(3)]
    together(*[lambda copy=copy: datasets.build(copy) for copy in copies])
    lines = runs.build_of(version).lines.order_by("id")
    assert [each.figures["done"] for each in lines.filter(said="rows")] == [2, 4, 6, 7]
    assert lines.filter(said="frozen").count() == 1


def test_labelers_at_once_share_a_run_to_its_end(monkeypatch):
    monkeypatch.setattr(labeling, "BATCH", 2)
    project = make_project()
    for number in range(9):
        make_example(project, client_id=f"c{number}", language="rust")
    together(*[lambda: labeling.label_waiting(10, now())] * 3)
    assert not Run.objects.filter(ended_at=None).exists()
    run = Run.objects.latest("pk")
    assert (run.done, run.total, run.outcome) == (9, 9, "done")
