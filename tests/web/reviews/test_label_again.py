"""Labelling again what waits: what it changes, what it leaves, and what stops it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from curation import labeling, panel, suggesting
from curation.models import Category, Example, Vote
from governance.models import LedgerEntry, Membership
from lib.clock import now
from reviews import relabelling, slots
from reviews.models import Relabelling, ReviewTask
from tests.builders import make_curator, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_example

pytestmark = pytest.mark.django_db

RULE = {
    "name": "No loops",
    "kind": "words",
    "looks_for": "for",
    "place": "removed",
    "category": "performance",
    "why": "",
    "is_on": True,
}
LOOP = {"output": "for row in rows:\n    total += row\n", "ideal": "total = sum(rows)\n"}


@pytest.fixture
def project():
    return make_project()


def labelled(project, **changes):
    example = make_example(project, **(LOOP | changes))
    labeling.label_waiting(10, now())
    example.refresh_from_db()
    return example


def ran(project, by=None):
    run = relabelling.ask(project, by or make_curator(project), now())
    relabelling.run(run.pk, now())
    run.refresh_from_db()
    return run


def label(example):
    example.refresh_from_db()
    return example.category.slug, example.probability


def test_a_rule_written_since_votes_and_the_slot_shows_it(project):
    example = labelled(project)
    slots.open_tasks(now())
    was = label(example)
    panel.write(project, RULE, make_curator(project), now())
    run = ran(project)
    assert (was[0], label(example)[0]) == ("logic", "performance")
    assert (run.looked_at, run.changed, run.is_stopped) == (1, 1, False)
    task = ReviewTask.objects.get(example=example)
    assert task.category.slug == "performance"
    assert task.doubt == round(1000 * (1 - label(example)[1]))


def test_a_second_run_finds_nothing_to_say(project):
    example = labelled(project)
    panel.write(project, RULE, make_curator(project), now())
    ran(project)
    there = list(example.votes.order_by("id").values_list("labeler", "version"))
    assert ran(project).changed == 0
    assert list(example.votes.order_by("id").values_list("labeler", "version")) == there


def test_a_rule_that_was_switched_off_abstains(project):
    curator = make_curator(project)
    panel.write(project, RULE, curator, now())
    example = labelled(project)
    assert label(example)[0] == "performance"
    panel.write(project, RULE | {"is_on": False}, curator, now(), number=1)
    ran(project)
    assert label(example)[0] == "logic"
    assert example.votes.filter(labeler="written rules").latest("version").category is None


def test_a_vote_holds_whose_version_went_back(project):
    """As that of a learned voter does when a project's own model is no longer in use."""
    example = labelled(project)
    style = Category.objects.get(project=project, slug="style")
    Vote.objects.create(example=example, labeler="learned", category=style, version=7, reason="So.")
    ran(project)
    last = example.votes.filter(labeler="learned").latest("version")
    assert (last.version, last.category) == (
        8,
        example.votes.get(version=1, labeler="learned").category,
    )


def test_weights_of_now_count(project):
    example = labelled(project, category="Security", output="x = 1\n", ideal="x = 2\n")
    assert label(example)[0] == "security"
    panel.weigh(project, "developer", 0, make_curator(project), now())
    ran(project)
    assert label(example)[0] != "security"


def test_what_people_said_stays(project):
    decided = make_accepted(project, category="style", **LOOP)
    named = labelled(project)
    style = Category.objects.get(project=project, slug="style")
    suggesting.suggest(project, {named.pk: style}, "So.", now())
    elsewhere = labelled(make_project())
    was = label(elsewhere)
    panel.write(project, RULE, make_curator(project), now())
    run = ran(project)
    assert (label(decided), label(named)[0]) == (("style", 1.0), "style")
    assert label(elsewhere) == was
    assert run.looked_at == 1
    assert not decided.votes.filter(labeler="written rules").exists()


def test_what_arrives_after_the_asking_is_not_looked_at(project):
    labelled(project)
    run = relabelling.ask(project, make_curator(project), now())
    labelled(project)
    relabelling.run(run.pk, now())
    run.refresh_from_db()
    assert run.looked_at == 1


def test_one_run_at_a_time(project):
    curator = make_curator(project)
    first = relabelling.ask(project, curator, now())
    assert relabelling.ask(project, curator, now()) == first
    with pytest.raises(IntegrityError, match="relabelling_one_at_a_time"), transaction.atomic():
        Relabelling.objects.create(project=project, by=curator, at=now(), up_to=0)
    assert LedgerEntry.objects.filter(action="labels made again").count() == 1


def test_killed_in_a_chunk_it_goes_on_where_it_was(project, monkeypatch):
    examples = [labelled(project), labelled(project)]
    panel.write(project, RULE, make_curator(project), now())
    monkeypatch.setattr(relabelling, "CHUNK", 1)
    run = relabelling.ask(project, make_curator(project), now())
    assert relabelling.advance(run.pk, now())

    def killed(examples):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(relabelling, "show", killed)
        with pytest.raises(KeyboardInterrupt):
            relabelling.run(run.pk, now())
    assert [label(each)[0] for each in examples] == ["performance", "logic"]
    assert list(relabelling.due()) == [run]
    relabelling.run(run.pk, now())
    relabelling.run(run.pk, now())  # told twice
    run.refresh_from_db()
    assert [label(each)[0] for each in examples] == ["performance", "performance"]
    assert (run.looked_at, run.changed) == (2, 2)
    assert not relabelling.due()


def test_a_stop_comes_between_chunks(project, monkeypatch):
    labelled(project), labelled(project)
    monkeypatch.setattr(relabelling, "CHUNK", 1)
    curator = make_curator(project)
    run = relabelling.ask(project, curator, now())
    relabelling.advance(run.pk, now())
    assert relabelling.left_of(Relabelling.objects.get(pk=run.pk)) == 1
    assert relabelling.stop(project, curator, now())
    assert not relabelling.stop(project, curator, now())
    assert not relabelling.advance(run.pk, now())
    run.refresh_from_db()
    assert (run.looked_at, run.is_stopped) == (1, True)


def test_it_stops_when_who_asked_may_not_any_more(project):
    labelled(project)
    curator = make_curator(project)
    run = relabelling.ask(project, curator, now())
    Membership.objects.filter(user=curator).delete()
    relabelling.run(run.pk, now())
    run.refresh_from_db()
    assert (run.looked_at, run.is_stopped) == (0, True)


def test_the_page_previews_and_changes_nothing(client, project):
    example = labelled(project)
    was = label(example)
    panel.write(project, RULE, make_curator(project), now())
    client.force_login(make_curator(project))
    there = reverse("reviews:label-again", args=[project.slug])
    text = client.post(there, {"preview": ""}).text
    assert "1 label would be another one." in text
    assert label(example) == was
    assert not Vote.objects.filter(labeler="written rules").exists()
    assert not Relabelling.objects.exists()


def test_a_preview_ends_in_time_and_says_how_far_it_came(client, project, monkeypatch):
    labelled(project), labelled(project)
    monkeypatch.setattr(relabelling, "PATIENCE", -1)
    client.force_login(make_curator(project))
    text = client.post(reverse("reviews:label-again", args=[project.slug]), {"preview": ""}).text
    assert "of 1 waiting example" in text


def test_the_page_starts_a_run_shows_it_and_stops_it(client, project):
    labelled(project)
    client.force_login(make_curator(project))
    there = reverse("reviews:label-again", args=[project.slug])
    assert "1 example waits for a person." in client.get(there).text
    assert client.post(there, {"start": ""}).status_code == 302
    text = client.get(there).text
    assert "1 to come" in text
    assert "every 2s" in text
    client.post(there, {"stop": ""})
    assert "Stopped" in client.get(there).text


def test_who_may(client, project):
    there = reverse("reviews:label-again", args=[project.slug])
    for person, status in ((make_reviewer(project), 403), (make_curator(make_project()), 404)):
        client.force_login(person)
        assert client.get(there).status_code == status
        assert client.post(there, {"start": ""}).status_code == status
    assert not Relabelling.objects.exists()
    assert not Example.objects.exists()
