"""Runs: what is one, how fast it goes, what it says, and how long that is kept."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from curation import clusters, datasets, labeling, run_words, runs, scheduling, tasks
from curation.models import DatasetVersion, Run, RunLine
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted, make_example, make_frozen, make_labelled

pytestmark = pytest.mark.django_db


def words(run):
    return list(run.lines.order_by("id").values_list("said", flat=True))


def told(version):
    return run_words.told_of(run_words.runs_of(version.project).get(), now())


@pytest.fixture
def waiting():
    project = make_project()
    make_accepted(project)
    return datasets.request(project, make_curator(project), now())


def test_a_build_is_told_from_its_beginning_to_its_end():
    version = make_frozen(make_project(), rows=3)
    run = runs.build_of(version)
    assert words(run) == ["begun", "planned", "rows", "frozen"]
    assert (run.by, run.is_scheduled) == (version.requested_by, False)
    assert run.asked_at <= run.begun_at <= run.ended_at
    shown = told(version)
    assert (shown.state, shown.done, shown.total, shown.remaining) == ("done", 3, 3, None)


def test_the_version_itself_says_what_state_its_run_is_in(waiting):
    for state, said in run_words.OF_VERSIONS.items():
        row = {"state": state, "content_id": "", "frozen_at": None}
        if state == "frozen":
            row |= {"content_id": "0" * 64, "frozen_at": now()}
        DatasetVersion.objects.filter(pk=waiting.pk).update(**row)
        assert told(waiting).state == said
        found = run_words.runs_of(waiting.project, state=said)
        assert [each.version_id for each in found] == [waiting.pk]
        others = set(run_words.BADGES) - {said}
        assert not any(run_words.runs_of(waiting.project, state=each).exists() for each in others)


def test_a_run_that_goes_on_measures_from_there(waiting):
    """Rows of before the worker was killed, and the time nobody was at it, make no rate."""
    run = runs.build_of(waiting)
    moment = now()
    runs.begin(run, moment - timedelta(hours=1))
    runs.pace(run, moment - timedelta(seconds=10), done=60)
    row = {"state": "building", "progress": 100, "total": 300}
    DatasetVersion.objects.filter(pk=waiting.pk).update(**row)
    shown = run_words.told_of(run_words.runs_of(waiting.project).get(), moment)
    assert (shown.rate, shown.remaining) == (4.0, timedelta(seconds=50))
    assert (shown.pace, shown.time_left, shown.percent) == ("4 a second", "50 s", 33)
    assert shown.took == timedelta(hours=1)


@pytest.mark.parametrize(("done", "seconds", "rate"), [(0, 5, None), (5, 0, None), (6, 3, 2.0)])
def test_a_rate_is_told_once_there_is_one(done, seconds, rate):
    assert run_words.rate_of(done, timedelta(seconds=seconds)) == rate


def test_what_is_measured_while_it_is_written(waiting):
    """A builder sets the pace once it knows its rows."""
    datasets._begin(waiting)
    datasets._planned(waiting)
    run = runs.build_of(waiting)
    assert (run.paced_from, run.paced_at >= run.begun_at) == (0, True)


def test_a_cancelled_build_says_so_and_nothing_after_it(waiting):
    datasets._begin(waiting)
    plan = datasets._planned(waiting)
    datasets.cancel(waiting, waiting.requested_by, now())
    with pytest.raises(datasets.MoveRefused):
        datasets.copy_rows(waiting, plan.rows, 1)
    run = runs.build_of(waiting)
    assert words(run) == ["begun", "planned", "cancelled"]
    assert told(waiting).state == "cancelled"
    assert run.ended_at is not None


def test_a_failed_build_says_why(waiting):
    datasets.fail(waiting, "There is nothing.", now())
    run = run_words.runs_of(waiting.project, state="failed").get()
    assert words(run) == ["failed"]
    assert run_words.problem_of(run) == "There is nothing."


def test_who_set_the_schedule_started_it():
    project = make_project()
    make_accepted(project)
    curator = make_curator(project)
    scheduling.schedule(project, "decisions", 1, curator, now())
    scheduling.freeze_due(now())
    run = Run.objects.get()
    assert (run.by, run.is_scheduled) == (curator, True)


def test_a_build_of_millions_says_twenty_lines(waiting):
    run = runs.build_of(waiting)
    for done in range(250, 1_000_001, 250):
        runs.say_how_far(run, "rows", now(), done - 250, done, 1_000_000)
    assert run.lines.count() == 20


def test_between_twentieths_nothing_is_said(waiting):
    run = runs.build_of(waiting)
    runs.say_how_far(run, "rows", now(), 50_000, 99_999, 1_000_000)
    assert not run.lines.exists()


def test_what_trickles_in_is_no_run():
    project = make_project()
    make_example(project, language="rust")
    labeling.label_waiting(10, now())
    clusters.join_waiting(10, now())
    assert not Run.objects.exists()


def test_a_backlog_is_a_run_for_each_project(monkeypatch):
    monkeypatch.setattr(labeling, "BATCH", 2)
    big, small = make_project(), make_project()
    make_example(small, client_id="one", language="rust")
    for number in range(5):
        make_example(big, client_id=f"c{number}", language="rust")
    labeling.label_waiting(10, now())
    run = Run.objects.get()
    assert (run.project, run.kind, run.by) == (big, "label", None)
    assert (run.done, run.total, run.outcome) == (5, 5, "done")


def test_what_comes_during_a_run_is_part_of_it(monkeypatch):
    monkeypatch.setattr(labeling, "BATCH", 2)
    project = make_project()
    for number in range(3):
        make_example(project, client_id=f"c{number}", language="rust")
    labeling.label_waiting(2, now())
    for number in range(3, 6):
        make_example(project, client_id=f"c{number}", language="rust")
    labeling.label_waiting(2, now())
    run = Run.objects.get()
    assert (run.done, run.total, run.ended_at) == (4, 6, None)
    labeling.label_waiting(2, now())
    assert Run.objects.get().outcome == "done"


def test_comparing_a_backlog_is_a_run(monkeypatch):
    monkeypatch.setattr(clusters, "BATCH", 2)
    project = make_project()
    for number in range(3):
        make_labelled(project, client_id=f"c{number}", output=f"total = {number}\n")
    clusters.join_waiting(10, now())
    run = Run.objects.get(kind="compare")
    assert (run.done, run.total, run.outcome) == (3, 3, "done")
    assert words(run) == ["begun", "compared", "compared"]


def test_lines_are_not_changed():
    make_frozen(make_project())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RunLine.objects.update(said="other")
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("TRUNCATE curation_runline")


def test_the_oldest_runs_lose_their_lines(settings):
    settings.RUNS_KEPT = 1
    project, other = make_project(), make_project()
    first = make_frozen(project)
    second = datasets.request(project, first.requested_by, now())
    datasets.build(second)
    third = datasets.request(project, first.requested_by, now())
    datasets._begin(third)  # is not over, and counts for nothing
    alone = make_frozen(other)
    tasks.prune_run_lines()
    assert not runs.build_of(first).lines.exists()
    assert all(runs.build_of(each).lines.exists() for each in (second, third, alone))
    assert Run.objects.filter(project=project).count() == 3


def test_a_version_of_before_there_were_runs_gets_one(waiting):
    Run.objects.all().delete()
    datasets.build(waiting)
    run = runs.build_of(waiting)
    assert (run.by, run.asked_at) == (waiting.requested_by, waiting.requested_at)
    assert words(run)[-1] == "frozen"
