from datetime import timedelta

import pytest

from curation import intake
from curation.models import Example, IntakeMark
from lib.clock import now
from tests.builders import make_project
from tests.curation_builders import make_correction, make_example

pytestmark = pytest.mark.django_db


def test_a_correction_becomes_an_example_with_what_came_with_it():
    correction = make_correction(
        make_project(), repository="acme/api", session="s1", developer="wren", severity="high"
    )
    assert intake.pull(now()) == 1
    example = Example.objects.get()
    assert example.correction == correction
    assert example.project == correction.project
    assert (example.prompt, example.output) == (
        correction.generation.prompt,
        correction.generation.output,
    )
    assert example.ideal == correction.corrected
    assert (example.repository, example.session, example.developer) == ("acme/api", "s1", "wren")
    assert (example.severity, example.state, example.model_name) == ("high", "arrived", "ember-7b")
    assert example.arrived_at


def test_what_the_correction_does_not_say_its_generation_does():
    told_once = {"session": "s1", "developer": "wren"}
    make_correction(make_project(), **told_once, of_correction={"session": "", "developer": ""})
    intake.pull(now())
    assert Example.objects.values("session", "developer").get() == told_once


def test_pulling_twice_pulls_once():
    make_correction(make_project())
    assert [intake.pull(now()), intake.pull(now())] == [1, 0]


def test_every_project_is_pulled():
    for _ in range(3):
        make_correction(make_project())
    intake.pull(now())
    assert Example.objects.values("project").distinct().count() == 3


def test_more_than_a_batch_is_pulled_at_once(monkeypatch):
    monkeypatch.setattr(intake, "BATCH", 2)
    project = make_project()
    for _ in range(5):
        make_correction(project)
    assert intake.pull(now()) == 5


def test_the_mark_settles_only_what_was_seen_an_overlap_ago():
    start = now()
    first = make_example(make_project()).correction_id
    intake.pull(start + intake.OVERLAP * 2)
    mark = IntakeMark.objects.get()
    assert (mark.settled, mark.seen) == (0, first)
    second = make_correction(make_project()).pk
    intake.pull(start + intake.OVERLAP * 2 + timedelta(seconds=1))
    mark.refresh_from_db()
    assert (mark.settled, mark.seen) == (0, first)
    intake.pull(start + intake.OVERLAP * 4)
    mark.refresh_from_db()
    assert (mark.settled, mark.seen) == (first, second)


def test_an_idle_pull_is_three_statements_and_no_new_row(django_assert_num_queries):
    make_example(make_project())
    with django_assert_num_queries(6):  # two of them are the savepoint of this test
        intake.pull(now())


def test_what_even_the_overlap_missed_is_found_by_the_full_sweep():
    late = make_correction(make_project())
    IntakeMark.objects.create(settled=late.pk, seen=late.pk, seen_at=now())
    assert intake.pull(now()) == 0
    assert intake.pull_everything(now()) == 1
