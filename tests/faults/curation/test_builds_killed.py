"""A build that is killed at any batch, and tasks that are delivered twice."""

import pytest

from curation import datasets, tasks
from curation.labelers import LABELERS
from curation.models import DatasetVersion, Example
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted, make_correction

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What no code of ours catches."""


def dies_after(calls, function):
    left = iter(range(calls))

    def wrapper(*args):
        if next(left, None) is None:
            raise Killed
        return function(*args)

    return wrapper


def requested(project):
    for number in range(5):
        make_accepted(project, number=100 + number, repository=f"r{number}", client_id=f"c{number}")
    return datasets.request(project, make_curator(project), now())


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(datasets, "BATCH", 2)


@pytest.fixture
def undisturbed():
    version = requested(make_project())
    datasets.build(version)
    return version.content_id


@pytest.mark.parametrize("step", ["copy_rows", "seal"])
@pytest.mark.parametrize("survived", [0, 1, 2])
def test_a_build_killed_anywhere_ends_the_same(monkeypatch, undisturbed, step, survived):
    version = requested(make_project())
    with monkeypatch.context() as patched:
        patched.setattr(datasets, step, dies_after(survived, getattr(datasets, step)))
        try:
            datasets.build(version)
        except Killed:
            assert DatasetVersion.objects.get(pk=version.pk).state == "building"
        else:
            assert (step, survived) in {("seal", 1), ("seal", 2)}
    tasks.build_dataset(version.pk)
    version.refresh_from_db()
    assert (version.state, version.content_id) == ("frozen", undisturbed)


def test_a_build_delivered_twice_builds_once():
    version = requested(make_project())
    tasks.build_dataset(version.pk)
    frozen_at = DatasetVersion.objects.get(pk=version.pk).frozen_at
    tasks.build_dataset(version.pk)
    assert DatasetVersion.objects.get(pk=version.pk).frozen_at == frozen_at


def test_a_build_of_nothing_is_quiet():
    tasks.build_dataset(0)


def test_the_sweep_wakes_a_builder_for_what_waits(django_capture_on_commit_callbacks):
    requested(make_project())
    with django_capture_on_commit_callbacks() as nudges:
        tasks.sweep_datasets()
    assert len(nudges) == 1


def test_pulling_and_labelling_twice_labels_once():
    make_correction(make_project(), language="rust")
    tasks.pull_and_label()
    tasks.pull_and_label()
    tasks.pull_everything()
    assert Example.objects.get().votes.count() == len(LABELERS) + 1
