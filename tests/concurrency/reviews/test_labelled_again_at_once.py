"""Labelling again while a person decides, and by two workers at once."""

import pytest
from django.db.models import QuerySet

from curation import labeling, panel
from curation import relabelling as labels
from curation.models import Category, Example
from lib.clock import now
from reviews import relabelling
from reviews.models import Relabelling
from tests.builders import make_curator, make_project
from tests.curation_builders import make_labelled
from tests.race import Gate, Run

pytestmark = pytest.mark.django_db(transaction=True)

LOOP = {"output": "for row in rows:\n    total += row\n", "ideal": "total = sum(rows)\n"}
RULE = {
    "name": "No loops",
    "kind": "words",
    "looks_for": "for",
    "place": "removed",
    "category": "performance",
    "is_on": True,
}


@pytest.fixture
def told():
    """A waiting example that a rule written since would call otherwise, and a run to do it."""
    project = make_project()
    example = make_labelled(project, **LOOP)
    curator = make_curator(project)
    for labeler in ("developer", "analysers"):
        panel.weigh(project, labeler, 0, curator, now())
    panel.write(project, RULE, curator, now())
    return example, relabelling.ask(project, curator, now())


def accept(example, by):
    style = Category.objects.get(project=example.project, slug="style")
    labeling.accept(example, by=by, category=style, severity="low", ideal=example.ideal, now=now())


def held_at(monkeypatch, run):
    """A worker that has read the example and not yet written."""
    gate = Gate()
    monkeypatch.setattr(labels, "_made", gate.before(labels._made))
    slow = Run(relabelling.run, run.pk, now())
    gate.wait_until_reached()
    return gate, slow


def test_who_decides_waits_for_the_chunk_and_has_the_last_word(told, monkeypatch):
    example, run = told
    gate, slow = held_at(monkeypatch, run)
    deciding = Run(accept, example, make_curator(example.project))
    assert not deciding.done_within(0.5)
    gate.open()
    slow.result()
    deciding.result()
    example.refresh_from_db()
    assert (example.state, example.category.slug) == (Example.State.ACCEPTED, "style")


def test_without_the_lock_a_decision_is_written_over(told, monkeypatch):
    """Negative control."""
    example, run = told
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **how: self)
    gate, slow = held_at(monkeypatch, run)
    accept(example, make_curator(example.project))
    gate.open()
    slow.result()
    example.refresh_from_db()
    assert (example.state, example.category.slug) == (Example.State.ACCEPTED, "performance")


def test_two_workers_at_one_run_do_it_once(told, monkeypatch):
    example, run = told
    gate, slow = held_at(monkeypatch, run)
    Run(relabelling.run, run.pk, now()).result()  # leaves it to the other, and is free again
    assert not example.votes.filter(labeler="written rules").exists()
    gate.open()
    slow.result()
    assert example.votes.filter(labeler="written rules").count() == 1
    run.refresh_from_db()
    assert (run.looked_at, run.changed) == (1, 1)


def test_a_worker_that_asked_the_labelers_late_finds_the_chunk_done(told, monkeypatch):
    example, run = told
    gate = Gate()
    monkeypatch.setattr(labels, "panel_of", gate.before(labels.panel_of))
    slow = Run(relabelling.advance, run.pk, now())
    gate.wait_until_reached()
    monkeypatch.undo()
    assert relabelling.advance(run.pk, now())
    gate.open()
    assert slow.result() is False
    run.refresh_from_db()
    assert (run.looked_at, example.votes.filter(labeler="written rules").count()) == (1, 1)


def test_two_who_ask_at_once_get_one_run(monkeypatch):
    project = make_project()
    curators = [make_curator(project), make_curator(project)]
    gate = Gate()
    monkeypatch.setattr(relabelling, "record", gate.before(relabelling.record))
    first = Run(relabelling.ask, project, curators[0], now())
    gate.wait_until_reached()
    second = Run(relabelling.ask, project, curators[1], now())
    assert not second.done_within(0.5)
    gate.open()
    assert first.result().pk == second.result().pk
    assert Relabelling.objects.count() == 1
