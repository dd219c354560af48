"""Two builders of one version, and verdicts that are written while one is asked for."""

import threading

import pytest
from django.db import transaction

from curation import datasets, export, labeling
from curation.models import Category, DatasetRow, DatasetVersion, Decision
from curation.selection import Chosen
from lib.clock import now
from lib.transitions import MoveRefused
from tests.builders import make_curator, make_person, make_project
from tests.curation_builders import make_accepted, make_labelled
from tests.race import Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(datasets, "BATCH", 2)


def requested(rows=7):
    project = make_project()
    for number in range(rows):
        make_accepted(project, repository=f"r{number}", client_id=f"c{number}")
    return datasets.request(project, make_curator(project), now())


def fresh(version):
    return DatasetVersion.objects.get(pk=version.pk)


def test_two_builders_at_once_freeze_one_version_with_its_rows():
    version = requested()
    outcomes = together(*[lambda: datasets.build(fresh(version))] * 3)
    assert all(each is None or isinstance(each, MoveRefused) for each in outcomes)
    version = fresh(version)
    assert version.state == "frozen"
    assert version.rows.count() == 7
    files = {file.path: file.sha256 for file in export.described(version, lambda: None)}
    assert export.content_id(files, version.recipe) == version.content_id


def one_late_batch(monkeypatch, version):
    """One builder is held before a batch that would add a row; another freezes meanwhile."""
    extra = make_labelled(version.project, client_id="not in the plan")
    made = DatasetRow(version=version, example=extra, split="train", row_id="f" * 64)
    made.decision = labeling.accept(
        extra,
        by=make_person(),
        category=extra.category,
        severity="",
        ideal=extra.ideal,
        now=now(),
    )
    monkeypatch.setattr(datasets, "_row", lambda *_: made)
    plan = datasets._planned(version)
    late = Gate()
    copy = late.before(datasets.copy_rows)
    held = Run(copy, fresh(version), plan.rows[:1], 1)
    late.wait_until_reached()
    return late, held


def test_no_batch_is_written_behind_the_seal(monkeypatch):
    version = requested()
    datasets._begin(version)
    with monkeypatch.context() as patched:
        late, held = one_late_batch(patched, version)
        patched.undo()
        datasets.build(fresh(version))
        late.open()
        assert isinstance(held.result(), MoveRefused)
    assert fresh(version).rows.count() == 7


def test_without_the_held_version_one_would_be(monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    version = requested()
    datasets._begin(version)
    late, held = one_late_batch(monkeypatch, version)
    monkeypatch.setattr(datasets, "hold_open", lambda version: None)
    monkeypatch.setattr(datasets, "touch", lambda version: None)
    DatasetVersion.objects.filter(pk=version.pk).update(
        state="frozen", content_id="0" * 64, frozen_at=now()
    )
    late.open()
    held.result()
    assert fresh(version).rows.count() == 1


def test_a_cancelled_version_gets_no_more_rows(monkeypatch):
    version = requested()
    gate = Gate()
    monkeypatch.setattr(datasets, "copy_rows", gate.before(datasets.copy_rows))
    builder = Run(datasets.build, fresh(version))
    gate.wait_until_reached()
    datasets.cancel(fresh(version), version.requested_by, now())
    gate.open()
    assert isinstance(builder.result(), MoveRefused)
    assert (fresh(version).state, fresh(version).rows.count()) == ("cancelled", 0)


class LateVerdict:
    """A decision whose transaction commits only when told to."""

    def __init__(self, example):
        self.written, self.may_commit = threading.Event(), threading.Event()
        self.person = make_person()
        self.run = Run(self._accept, example)
        assert self.written.wait(10)

    def _accept(self, example):
        with transaction.atomic():
            labeling.accept(
                example,
                by=self.person,
                category=Category.objects.get(project=example.project, slug="logic"),
                severity="",
                ideal=example.ideal,
                now=now(),
            )
            self.written.set()
            assert self.may_commit.wait(10)

    def commit(self):
        self.may_commit.set()
        self.run.result()


def test_a_request_waits_for_verdicts_that_are_being_written():
    project = make_project()
    make_accepted(project, client_id="first")
    late = LateVerdict(make_labelled(project, client_id="late"))
    curator = make_curator(project)
    asking = Run(datasets.request, project, curator, now())
    assert not asking.done_within(0.3)
    late.commit()
    version = asking.result()
    assert version.last_decision == max(Decision.objects.values_list("pk", flat=True))
    datasets.build(version)
    assert fresh(version).manifest["rows"] == 2


def test_a_cutoff_by_the_clock_would_change_under_the_build():
    """Negative control: a decision of before the cutoff is not there yet, and then it is."""
    project = make_project()
    make_accepted(project, client_id="first")
    late = LateVerdict(make_labelled(project, client_id="late"))
    cutoff = now()
    before = Decision.objects.filter(at__lte=cutoff).count()
    late.commit()
    assert Decision.objects.filter(at__lte=cutoff).count() == before + 1


def test_two_requests_at_once_get_two_numbers():
    project = make_project()
    make_accepted(project)
    curator = make_curator(project)
    together(*[lambda: datasets.request(project, curator, now())] * 3)
    assert sorted(DatasetVersion.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_chosen_rows_know_their_leader():
    assert Chosen(("first", "second")).leader == "first"
