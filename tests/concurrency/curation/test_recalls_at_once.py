"""A recall while a version is asked for: it is kept out, or the version is named as holding it."""

import pytest

from curation import datasets, recalls
from curation.models import Recall
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted
from tests.race import Gate, Run

pytestmark = pytest.mark.django_db(transaction=True)


def recalled(example, curator):
    return recalls.recall(example, "wrong", "It is wrong.", curator, now())


def built(version):
    datasets.build(version)
    version.refresh_from_db()
    held = version.rows.filter(example__in=Recall.objects.values("example")).count()
    return held, recalls.recalled_in(version).lines


def test_a_recall_that_is_being_written_is_waited_for(monkeypatch):
    project = make_project()
    bad, _good = make_accepted(project), make_accepted(project)
    curator, asks = make_curator(project), make_curator(project)
    gate = Gate()
    monkeypatch.setattr(recalls, "_told", gate.before(recalls._told))
    slow = Run(recalled, bad, curator)
    gate.wait_until_reached()  # written, not committed
    asked = Run(datasets.request, project, asks, now())
    assert not asked.done_within(0.5)
    gate.open()
    slow.result()
    assert built(asked.result()) == (0, 0)


def test_without_the_lock_it_slips_in(monkeypatch):
    """Negative control: the version holds it, and only the live count of recalls tells."""
    project = make_project()
    bad, _good = make_accepted(project), make_accepted(project)
    curator, asks = make_curator(project), make_curator(project)
    monkeypatch.setattr(recalls, "_hold", lambda example: None)
    gate = Gate()
    monkeypatch.setattr(recalls, "_told", gate.before(recalls._told))
    slow = Run(recalled, bad, curator)
    gate.wait_until_reached()
    version = datasets.request(project, asks, now())
    gate.open()
    slow.result()
    assert built(version) == (1, 1)


def test_a_version_that_is_being_built_is_named_once_it_holds_it(monkeypatch):
    project = make_project()
    bad, _good = make_accepted(project), make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    gate = Gate()
    monkeypatch.setattr(datasets, "copy_rows", gate.before(datasets.copy_rows))
    building = Run(datasets.build, version)
    gate.wait_until_reached()
    recalled(bad, make_curator(project))
    gate.open()
    building.result()
    version.refresh_from_db()
    assert recalls.recalled_in(version).lines == 1
