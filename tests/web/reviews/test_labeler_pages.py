"""The labelers' pages: figures, weights, and rules that are tried, kept and amended."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from curation import labeling
from curation.models import Category, Example, LabelerRule, LabelerWeight, Vote
from curation.panel import panel_of
from governance.models import LedgerEntry
from lib.clock import now
from reviews.labeler_numbers import numbers_of
from reviews.models import ReviewTask
from tests.builders import make_curator, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_example, make_labelled

pytestmark = pytest.mark.django_db

RULE = {
    "name": "No eval",
    "kind": "pattern",
    "looks_for": r"eval\(",
    "place": "removed",
    "category": "security",
    "why": "We had three of them.",
    "is_on": "on",
}


@pytest.fixture
def project():
    return make_project()


def address(name, project, *args):
    return reverse(f"reviews:{name}", args=[project.slug, *args])


def vote(example, labeler, slug, version=1):
    category = Category.objects.get(project=example.project, slug=slug) if slug else None
    Vote.objects.create(
        example=example, labeler=labeler, category=category, reason="So.", version=version
    )


def drawn(example):
    ReviewTask.objects.create(
        project=example.project,
        example=example,
        category=example.category,
        urgency=1,
        state="closed",
        is_random=True,
    )


def test_figures_are_of_the_latest_votes_and_right_is_told_by_random_order_only(project):
    known = make_accepted(project, category="style")  # developer and analysers said security
    vote(known, "comment", "style")
    drawn(known)
    make_accepted(project, category="style")  # not of random order
    changed = make_labelled(project)
    vote(changed, "developer", None, version=2)
    numbers = numbers_of(project)
    developer, comment = numbers["developer"], numbers["comment"]
    assert (developer.examples, developer.spoke, developer.known, developer.right) == (3, 2, 1, 0)
    assert (comment.spoke, comment.known, comment.right) == (1, 1, 1)
    assert (developer.among_others, developer.in_conflict) == (2, 1)
    assert (comment.overlap, comment.conflict) == (1.0, 1.0)
    assert numbers["shape"].accuracy is None
    assert comment.is_hint


def test_the_judges_votes_are_nobodys_to_see_here(client, project):
    vote(make_labelled(project), "judge", "style")
    client.force_login(make_curator(project))
    assert "judge" not in numbers_of(project)
    assert client.get(address("labeler", project, "judge")).status_code == 404
    assert "judge" not in client.get(address("labelers", project)).text.casefold()


def test_the_page_shows_every_labeler_and_takes_the_same_number_of_queries(client, project):
    make_labelled(project)
    client.force_login(make_curator(project))
    client.get(address("labelers", project))
    with CaptureQueriesContext(connection) as few:
        text = client.get(address("labelers", project)).text
    assert "Written rules" in text
    assert "a first hint" not in text  # nothing is known yet
    for _ in range(5):
        make_labelled(project)
    with CaptureQueriesContext(connection) as more:
        client.get(address("labelers", project))
    assert len(more) == len(few)


def test_a_weight_is_previewed_on_what_waits_and_changes_nothing(client, project):
    example = make_labelled(project)
    vote(example, "analysers", "style", version=2)
    vote(example, "developer", "security", version=2)
    client.force_login(make_curator(project))
    there = address("labeler", project, "developer")
    told = client.post(there, {"percent": 0, "preview": ""})
    assert "1 label would be another one." in told.text
    assert not LabelerWeight.objects.exists()
    assert "Every label would stay" in client.post(there, {"percent": 100, "preview": ""}).text


def test_a_weight_holds_for_what_is_labelled_from_then_on(client, project):
    client.force_login(make_curator(project))
    there = address("labeler", project, "developer")
    assert client.post(there, {"percent": 0, "save": ""}).status_code == 302
    assert LedgerEntry.objects.filter(action="labeler weighed", subject="developer").exists()
    example = make_example(project, category="Security", output="x = 1\n", ideal="x = 2\n")
    labeling.label_waiting(10, now())
    example.refresh_from_db()
    assert example.category.slug != "security"
    assert example.votes.get(labeler="developer").category.slug == "security"
    assert client.post(there, {"percent": 201, "save": ""}).status_code == 422
    assert client.post(there, {"percent": "²", "save": ""}).status_code == 422


def test_one_projects_weight_is_not_anothers(client, project):
    client.force_login(make_curator(project))
    client.post(address("labeler", project, "developer"), {"percent": 0, "save": ""})
    example = make_example(make_project(), category="Security", output="x = 1\n", ideal="x = 2\n")
    labeling.label_waiting(10, now())
    assert Example.objects.get(pk=example.pk).category.slug == "security"


def test_a_rule_is_tried_on_real_examples_and_not_kept(client, project):
    make_accepted(project, output="x = eval(<b>raw</b>)\n")
    make_accepted(project, category="style", output="y = eval(z)\n")
    make_labelled(project, output="fine\n")
    client.force_login(make_curator(project))
    text = client.post(address("new-labeler-rule", project), RULE | {"preview": ""}).text
    assert "Finds something in 2 of 3" in text
    assert "Decided already: 2. It says what was decided in 50" in text
    assert "<mark>eval(</mark>&lt;b&gt;raw" in text
    assert not LabelerRule.objects.exists()


def test_a_rule_votes_and_an_amended_one_replaces_it_while_both_are_kept(client, project):
    client.force_login(make_curator(project))
    assert client.post(address("new-labeler-rule", project), RULE | {"save": ""}).status_code == 302
    first = make_example(project, output="x = eval(raw)\n", ideal="x = raw\n")
    labeling.label_waiting(10, now())
    said = first.votes.get(labeler="written rules")
    assert (said.category.slug, said.reason) == ("security", "“No eval” finds “eval(”.")
    amended = RULE | {"looks_for": r"exec\(", "save": ""}
    client.post(address("labeler-rule", project, 1), amended)
    second = make_example(project, output="x = eval(raw)\n", ideal="x = raw\n")
    labeling.label_waiting(10, now())
    assert second.votes.get(labeler="written rules").category is None
    assert list(LabelerRule.objects.order_by("version").values_list("number", "version")) == [
        (1, 1),
        (1, 2),
    ]
    page = client.get(address("labeler-rule", project, 1)).text
    assert "Version 1" in page
    assert "Version 2" in page


def test_a_rule_that_is_off_does_not_vote(client, project):
    client.force_login(make_curator(project))
    off = {name: value for name, value in RULE.items() if name != "is_on"}
    client.post(address("new-labeler-rule", project), off | {"save": ""})
    example = make_example(project, output="x = eval(raw)\n", ideal="x = raw\n")
    labeling.label_waiting(10, now())
    assert not example.votes.filter(labeler="written rules").exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"looks_for": "("}, "RE2 does not take it"),
        ({"looks_for": ".*"}, "It finds something in any code."),
        ({"kind": "finding", "looks_for": "pylint"}, "Name the tool"),
        ({"kind": "words", "looks_for": ","}, "Say what to look for."),
        ({"looks_for": "((a?){30}){30}c"}, "It takes too long."),
        ({"place": ""}, "Say where it looks."),
        ({"category": "nonsense"}, "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("act", ["save", "preview"])
def test_what_cannot_vote_is_refused_with_its_reason(client, project, changes, says, act):
    client.force_login(make_curator(project))
    answer = client.post(address("new-labeler-rule", project), RULE | changes | {act: ""})
    assert answer.status_code == 422
    assert says in answer.text
    assert not LabelerRule.objects.exists()


def test_a_trial_that_takes_too_long_ends_with_its_reason(client, project, monkeypatch):
    make_labelled(project, output="x = eval(raw)\n")
    monkeypatch.setattr("reviews.rule_trial.PATIENCE", -1)
    client.force_login(make_curator(project))
    answer = client.post(address("new-labeler-rule", project), RULE | {"preview": ""})
    assert (answer.status_code, "It takes too long." in answer.text) == (422, True)


def test_rules_are_amended_so_often_and_no_more(client, project, monkeypatch):
    """The number of versions goes into each vote, which has two bytes for it."""
    monkeypatch.setattr("curation.panel.VERSIONS", 2)
    client.force_login(make_curator(project))
    client.post(address("new-labeler-rule", project), RULE | {"save": ""})
    amend = address("labeler-rule", project, 1)
    assert client.post(amend, RULE | {"save": ""}).status_code == 302
    assert client.post(amend, RULE | {"save": ""}).status_code == 422
    assert LabelerRule.objects.count() == 2


def test_the_rules_version_counts_those_that_are_off_and_what_was_amended(client, project):
    client.force_login(make_curator(project))
    client.post(address("new-labeler-rule", project), RULE | {"save": ""})
    off = {name: value for name, value in RULE.items() if name != "is_on"}
    client.post(address("new-labeler-rule", project), off | {"save": ""})
    client.post(address("labeler-rule", project, 2), off | {"save": ""})
    told = panel_of(project.pk)
    assert (told.rules_version, [each.number for each in told.rules]) == (3, [1])


def test_a_labelers_page_takes_the_same_number_of_queries_for_many(client, project):
    make_accepted(project)
    client.force_login(make_curator(project))
    there = address("labeler", project, "developer")
    client.get(there)
    with CaptureQueriesContext(connection) as few:
        assert "Lately, and decided since" in client.get(there).text
    for _ in range(5):
        make_accepted(project)
    with CaptureQueriesContext(connection) as more:
        client.get(there)
    assert len(more) == len(few)


def test_who_may(client, project):
    pages = [
        ("labelers", ()),
        ("labeler", ("developer",)),
        ("new-labeler-rule", ()),
    ]
    for person, status in ((make_reviewer(project), 403), (make_curator(make_project()), 404)):
        client.force_login(person)
        for name, args in pages:
            assert client.get(address(name, project, *args)).status_code == status
        sent = client.post(address("new-labeler-rule", project), RULE | {"save": ""})
        assert sent.status_code == status
    assert not LabelerRule.objects.exists()
    client.force_login(make_curator(project))
    assert client.get(address("labeler", project, "nobody")).status_code == 404
    assert client.get(address("labeler-rule", project, 7)).status_code == 404
