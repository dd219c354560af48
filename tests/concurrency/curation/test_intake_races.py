"""A correction whose transaction commits late, and two pullers at once."""

import threading

import pytest
from django.db import connection, transaction

from curation import intake
from curation.models import Example, IntakeMark
from feedback.models import Correction
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.curation_builders import make_correction
from tests.race import Run, together

pytestmark = pytest.mark.django_db(transaction=True)


class Late:
    """A correction with a small id in a transaction that commits only when told to."""

    def __init__(self, project):
        key, _ = make_ingest_key(project)
        self.written, self.may_commit = threading.Event(), threading.Event()
        self.run = Run(self._write, project, key)
        assert self.written.wait(10)

    def _write(self, project, key):
        with transaction.atomic():
            self.pk = make_correction(project, key=key, client_id="late").pk
            self.written.set()
            assert self.may_commit.wait(10)

    def commit(self):
        self.may_commit.set()
        self.run.result()


def test_a_correction_that_commits_late_is_still_pulled():
    project = make_project()
    late = Late(project)
    quick = make_correction(project)
    assert late.pk < quick.pk
    start = now()
    assert intake.pull(start) == 1
    assert intake.pull(start + intake.OVERLAP) == 0  # `seen` is now past the late one
    assert IntakeMark.objects.get().seen == quick.pk
    late.commit()
    assert intake.pull(start + intake.OVERLAP * 1.5) == 1
    assert Example.objects.count() == 2


def test_a_mark_at_the_newest_id_would_miss_it(monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    monkeypatch.setattr(intake, "moved_on", lambda mark, newest, moment: (newest, newest, moment))
    project = make_project()
    late = Late(project)
    make_correction(project)
    intake.pull(now())
    late.commit()
    assert intake.pull(now()) == 0
    assert Correction.objects.count() - Example.objects.count() == 1


def test_two_pullers_pull_each_correction_once():
    project = make_project()
    for _ in range(20):
        make_correction(project)
    moment = now()
    pulled = together(*[lambda: intake.pull(moment)] * 4)
    assert sum(pulled) == 20 == Example.objects.count()


def test_without_the_held_mark_they_would_meet(monkeypatch):
    """Negative control: unlocked, two pulls are inside at once; the unique key then saves us."""
    monkeypatch.setattr(intake, "_hold_mark", lambda moment: IntakeMark(seen_at=moment, settled=0))
    project = make_project()
    inside, most = [], []

    def watched(cursor_execute, sql, params, many, context):
        if "INSERT INTO curation_example" not in sql:
            return cursor_execute(sql, params, many, context)
        inside.append(1)
        most.append(len(inside))
        meeting.wait(10)
        try:
            return cursor_execute(sql, params, many, context)
        finally:
            inside.pop()

    make_correction(project)
    meeting = threading.Barrier(2)

    def pull():
        with connection.execute_wrapper(watched):
            return intake.pull(now())

    assert sorted(together(pull, pull)) == [0, 1]
    assert max(most) == 2
    assert Example.objects.count() == 1
