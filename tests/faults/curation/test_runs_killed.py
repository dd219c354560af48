"""Runs that are killed and gone on with, and messages that come twice: nothing is said twice."""

from collections import Counter
from datetime import timedelta

import pytest

from curation import datasets, labeling, publishing, runs, tasks
from curation.dvc.store import Store
from curation.models import DatasetVersion, Example, Run, RunLine
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted, make_example, make_frozen

pytestmark = pytest.mark.django_db
BEGINNINGS = ("begun", "begun_again")


class Killed(BaseException):
    """What no code of ours catches."""


def dies_after(calls, function):
    left = iter(range(calls))

    def wrapper(*args, **named):
        if next(left, None) is None:
            raise Killed
        return function(*args, **named)

    return wrapper


def dies_behind(calls, function):
    """The last call is made, and then it dies, before whoever called commits."""
    left = iter(range(calls - 1))

    def wrapper(*args, **named):
        found = function(*args, **named)
        if next(left, None) is None:
            raise Killed
        return found

    return wrapper


def requested():
    project = make_project()
    for number in range(5):
        make_accepted(project, number=100 + number, repository=f"r{number}", client_id=f"c{number}")
    return datasets.request(project, make_curator(project), now())


def said(run):
    """What a run said, in order, but for who was at it."""
    lines = run.lines.exclude(said__in=BEGINNINGS).order_by("id")
    return [(each.said, each.place, each.figures) for each in lines]


def twice(run):
    return [
        key for key, n in Counter(each[0] + str(each[2]) for each in said(run)).items() if n > 1
    ]


def again_and_again(run, word, now, level=runs.Level.INFO, *, place=0, **figures):
    """A line as one would write it who does not ask whether it is there."""
    RunLine.objects.create(
        run=run, at=now, level=level, said=word, place=run.lines.count(), figures=figures
    )


@pytest.fixture(autouse=True)
def small(monkeypatch, settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path / "published"
    monkeypatch.setattr(datasets, "BATCH", 2)
    monkeypatch.setattr(labeling, "BATCH", 2)


@pytest.fixture
def undisturbed():
    version = requested()
    datasets.build(version)
    return said(runs.build_of(version))


def killed_and_gone_on_with(monkeypatch, place, name, dies):
    version = requested()
    with monkeypatch.context() as patched:
        patched.setattr(place, name, dies)
        with pytest.raises(Killed):
            datasets.build(version)
    tasks.build_dataset(version.pk)
    tasks.build_dataset(version.pk)  # the message that was not acknowledged
    version.refresh_from_db()
    assert version.state == "frozen"
    return runs.build_of(version)


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_between_batches(monkeypatch, undisturbed, survived):
    dies = dies_after(survived, datasets.copy_rows)
    run = killed_and_gone_on_with(monkeypatch, datasets, "copy_rows", dies)
    assert said(run) == undisturbed
    assert run.lines.filter(said="begun_again", figures={"attempt": 2}).count() == 1
    assert run.ended_at is not None


def test_before_the_end(monkeypatch, undisturbed):
    run = killed_and_gone_on_with(monkeypatch, datasets, "seal", dies_after(0, datasets.seal))
    assert said(run) == undisturbed


@pytest.mark.parametrize("lines", [1, 2, 3, 4])
def test_after_a_line_and_before_its_commit(monkeypatch, undisturbed, lines):
    """The line goes with the work it was said of, and both come again."""
    dies = dies_behind(lines, runs.say)
    run = killed_and_gone_on_with(monkeypatch, runs, "say", dies)
    assert said(run) == undisturbed


def test_without_places_a_run_would_say_things_twice(monkeypatch):
    """Negative control: if this fails, the tests above prove nothing."""
    monkeypatch.setattr(runs, "say", again_and_again)
    dies = dies_after(1, datasets.copy_rows)
    run = killed_and_gone_on_with(monkeypatch, datasets, "copy_rows", dies)
    assert twice(run)


def test_a_publisher_that_was_killed(monkeypatch):
    there = make_frozen(make_project())
    publishing.publish(there)
    undisturbed = [word for word, _, _ in said(Run.objects.get(version=there, kind="publish"))]
    version = make_frozen(make_project())
    with monkeypatch.context() as patched:
        patched.setattr(Store, "put", dies_after(2, Store.put))
        with pytest.raises(Killed):
            publishing.publish(version)
    run = Run.objects.get(version=version, kind="publish")
    assert run.outcome == ""
    tasks.publish_dataset(version.pk)
    tasks.publish_dataset(version.pk)
    run = Run.objects.get(version=version, kind="publish")
    assert (run.outcome, twice(run)) == ("done", [])
    assert [word for word, _, _ in said(run)] == undisturbed
    assert run.lines.filter(said="begun_again").count() == 1


def test_a_labeler_that_was_killed(monkeypatch):
    project = make_project()
    for number in range(5):
        make_example(project, client_id=f"c{number}", language="rust")
    with monkeypatch.context() as patched:
        patched.setattr(labeling, "_label", dies_after(1, labeling._label))
        with pytest.raises(Killed):
            labeling.label_waiting(10, now())
    run = Run.objects.get()
    assert (run.kind, run.done, run.total, run.ended_at) == ("label", 2, 5, None)
    labeling.label_waiting(10, now() + timedelta(hours=1))
    labeling.label_waiting(10, now() + timedelta(hours=1))
    run = Run.objects.get()
    assert (run.done, run.total, run.outcome, twice(run)) == (5, 5, "done", [])
    assert [line[2]["done"] for line in said(run)] == [2, 4, 5]


def test_a_labeler_that_was_killed_before_its_commit_said_nothing(monkeypatch):
    project = make_project()
    for number in range(5):
        make_example(project, client_id=f"c{number}", language="rust")
    with monkeypatch.context() as patched:
        patched.setattr(runs, "backlog", dies_behind(1, runs.backlog))
        with pytest.raises(Killed):
            labeling.label_waiting(10, now())
    assert not Run.objects.exists()
    assert not Example.objects.filter(state="labelled").exists()


def test_the_next_version_is_built_when_one_is_over(django_capture_on_commit_callbacks):
    first = requested()
    second = datasets.request(first.project, first.requested_by, now())
    with django_capture_on_commit_callbacks() as nudges:
        tasks.build_dataset(first.pk)
    assert [nudge.args for nudge in nudges] == [(second.pk,)]
    assert DatasetVersion.objects.get(pk=second.pk).state == "requested"
