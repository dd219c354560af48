"""Workers that label at once, and people who decide at once."""

import pytest

from curation import labeling
from curation.models import Category, Decision, Example, Vote
from lib.clock import now
from lib.transitions import MoveRefused
from tests.builders import make_person, make_project
from tests.curation_builders import make_example, make_labelled
from tests.race import Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quick(monkeypatch):
    """No analysers: these tests are about who takes what."""
    monkeypatch.setattr(labeling, "_findings", lambda batch: {})


def test_workers_take_different_examples_and_do_not_wait(quick, monkeypatch):
    project = make_project()
    for _ in range(6):
        make_example(project)
    gate = Gate()
    monkeypatch.setattr(labeling.labelers, "opinions", gate.before(labeling.labelers.opinions))
    slow = Run(labeling.label_waiting, 3, now())
    gate.wait_until_reached()
    taken = set(labeling.free(now()).values_list("pk", flat=True))
    assert len(taken) == 3
    gate.open()
    assert labeling.label_waiting(10, now()) == 3
    assert slow.result() == 3
    assert Vote.objects.filter(labeler="developer").count() == 6


def test_many_workers_label_each_example_once(quick):
    project = make_project()
    for _ in range(30):
        make_example(project)
    moment = now()
    assert sum(together(*[lambda: labeling.label_waiting(10, moment)] * 4)) == 30
    assert Vote.objects.count() == 30 * (len(labeling.labelers.LABELERS) + 1)


def test_without_the_lease_they_would_take_the_same(quick, monkeypatch):
    """Negative control: if this fails, the tests above prove nothing."""
    project = make_project()
    for _ in range(3):
        make_example(project)
    everything = Example.objects.filter(state="arrived").select_related("project", "correction")
    monkeypatch.setattr(labeling, "_take", lambda count, moment: list(everything.all()))
    gate = Gate()
    monkeypatch.setattr(labeling.labelers, "opinions", gate.before(labeling.labelers.opinions))
    slow = Run(labeling.label_waiting, 3, now())
    gate.wait_until_reached()
    assert everything.count() == 3  # a second worker would do the same work again
    gate.open()
    slow.result()


def test_of_two_people_who_decide_at_once_one_is_told(quick):
    example = make_labelled(make_project())
    category = Category.objects.get(project=example.project, slug="logic")
    people = make_person(), make_person()

    def accept(by):
        row = Example.objects.get(pk=example.pk)
        return labeling.accept(
            row, by=by, category=category, severity="", ideal=row.ideal, now=now()
        )

    outcomes = together(*[lambda by=by: accept(by) for by in people])
    assert sorted(type(each) is Decision for each in outcomes) == [False, True]
    assert any(isinstance(each, MoveRefused) for each in outcomes)
    assert Decision.objects.count() == 1
