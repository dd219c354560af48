"""A project's labels are measured on its verdicts of random order, and made as those say."""

from io import StringIO

import pytest
from django.core.management import call_command

from config.erasure.erasing import erase
from config.erasure.requests import Subject
from config.learning import measure, train_where_due
from curation import combining, label_models, labeling
from curation.combination import Combination
from curation.exports.card import card_of
from curation.label_models import combination_of, figures_of
from curation.models import Category, Example, LabelModel, Vote
from curation.relabelling import ask, relabel
from curation.suggesting import suggest
from lib.clock import now
from reviews.models import ReviewTask
from tests.builders import make_admin, make_project
from tests.curation_builders import make_accepted, make_example, make_frozen, make_refrozen

pytestmark = pytest.mark.django_db


def decided(project, count):
    """Verdicts of random order: two labelers said security, people logic."""
    for n in range(count):
        example = make_accepted(project, category="logic", prompt=f"p{n}")
        told = {"category": example.category, "urgency": 1, "state": "closed"}
        ReviewTask.objects.create(project=project, example=example, is_random=True, **told)


@pytest.fixture
def project(monkeypatch):
    monkeypatch.setattr(label_models, "LEAST", 8)
    monkeypatch.setattr(label_models, "DUE", 4)
    monkeypatch.setattr(combining, "ENOUGH", 20)
    return make_project()


def labelled(project):
    """A new example of which somebody says what the labelers said of the verdicts."""
    example = make_example(project, category="Security", comment="", output="a", ideal="b")
    labeling.label_waiting(10, now())
    return Example.objects.get(pk=example.pk)


def test_what_verdicts_taught_makes_the_label(project):
    assert labelled(project).category.slug == "security"
    decided(project, 24)
    made = measure(project, now())
    assert (made.number, made.gold, made.figures["aggregator"]) == (1, 24, "stacker")
    assert labelled(project).category.slug == "logic"


def test_a_decision_taken_back_and_a_curators_word_taken_back_are_labelled_alike(project):
    decided(project, 24)
    measure(project, now())
    example = labelled(project)
    before = (example.category, example.probability)
    suggest(project, {example.pk: Category.objects.get(project=project, slug="other")}, "So", now())
    assert Example.objects.get(pk=example.pk).category.slug == "other"
    suggest(project, {example.pk: None}, "Not so", now())
    example = Example.objects.get(pk=example.pk)
    assert (example.category, example.probability) == before
    labeling.reject(example, by=make_admin(project), reason="unclear", now=now())
    labeling.withdraw(example, by=make_admin(project), now=now())
    example = Example.objects.get(pk=example.pk)
    assert (example.category, example.probability) == before


def test_what_waits_is_labelled_again_by_what_was_measured(project):
    example = labelled(project)
    decided(project, 24)
    measure(project, now())
    relabel(project, ask(project, [example.pk]), now())
    assert Example.objects.get(pk=example.pk).category.slug == "logic"


def test_a_project_goes_by_its_own_verdicts(project):
    decided(make_project(), 24)
    assert measure(project, now()) is None
    assert combination_of(project.pk) == Combination()


def test_verdicts_that_came_in_an_order_are_not_looked_at(project):
    decided(project, 24)
    ReviewTask.objects.filter(project=project).update(is_random=False)
    assert measure(project, now()) is None


def test_too_few_are_measured_and_change_nothing(project):
    decided(project, 10)
    made = measure(project, now())
    assert (made.stacker, made.temperature) == (None, 1)
    assert labelled(project).category.slug == "security"


def test_it_falls_back_when_the_next_verdicts_say_so(project):
    decided(project, 24)
    measure(project, now())
    logic = Category.objects.get(project=project, slug="logic")
    for example in Example.objects.filter(project=project):
        for labeler in ("developer", "analysers"):
            told = {"category": logic, "reason": "So.", "version": 2}
            Vote.objects.create(example=example, labeler=labeler, **told)
    made = measure(project, now())
    assert (made.number, made.figures["dawid_skene"]["accuracy"]) == (2, 1)
    assert labelled(project).category.slug == "security"


def test_the_schedule_measures_when_enough_was_decided_since(project):
    decided(project, 7)
    train_where_due(now())
    assert not LabelModel.objects.exists()
    decided(project, 1)
    train_where_due(now())
    train_where_due(now())
    assert LabelModel.objects.get().gold == 8
    decided(project, 4)
    train_where_due(now())
    assert list(LabelModel.objects.order_by("number").values_list("gold", flat=True)) == [8, 12]


def test_the_judge_and_curators_are_not_learnt_from(project):
    decided(project, 24)
    for example in Example.objects.filter(project=project):
        for labeler in ("judge", "curator"):
            Vote.objects.create(
                example=example, labeler=labeler, category=example.category, reason="So."
            )
    assert measure(project, now()).stacker["voters"] == ["analysers", "developer"]


def test_whoever_is_erased_is_forgotten_by_what_learnt_from_them(project):
    decided(project, 24)
    make_accepted(project, developer="jane-roe")
    measure(project, now())
    erase(project, Subject("jane-roe"), make_admin(project), now())
    assert not LabelModel.objects.exists()
    assert combination_of(project.pk) == Combination()


def test_a_versions_card_says_how_good_labels_were(project):
    assert make_frozen(project).manifest["label_quality"] is None
    decided(project, 24)
    measure(project, now())
    version = make_refrozen(project)
    told = version.manifest["label_quality"]
    assert told == figures_of(project)
    card = card_of(version)
    assert "24 verdicts on items that came up in random order" in card
    assert "a stacker over it" in card
    low, high = told["used"]["macro_f1_95"]
    assert f"| macro-F1 | {told['used']['macro_f1']:.3f} | {low:.3f} to {high:.3f} |" in card


def test_the_command_says_how_labels_are_made(project):
    decided(project, 24)
    measure(project, now())
    out = StringIO()
    call_command("learned_voter", "--project", project.slug, stdout=out)
    assert "Labels: by the stacker, of 24 verdicts in random order" in out.getvalue()


def test_it_is_due_again_however_many_verdicts_there_were(project, monkeypatch):
    monkeypatch.setattr(label_models, "MOST", 8)
    random = ReviewTask.objects.filter(project=project, is_random=True).values("example_id")
    decided(project, 24)
    assert measure(project, now()).gold == 8
    assert not label_models.is_due(project, random)
    decided(project, 4)
    assert label_models.is_due(project, random)
