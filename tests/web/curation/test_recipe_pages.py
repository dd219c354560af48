"""The recipe's page, its file, and the page of what a version left out."""

import json

import pytest
from django.urls import reverse

from curation.models import DatasetRecipe, DatasetVersion
from curation.project_recipes import set_recipe
from curation.recipe import Recipe, read
from curation.recipe_forms import RecipeForm
from lib.clock import now
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_refrozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project()
    make_accepted(project, client_id="kept", repository="acme/api")
    make_accepted(
        project,
        client_id="short",
        prompt="<script>x</script>",
        output="a\n",
        ideal="b\n",
        file_path="<b>bold</b>.py",
    )
    return project


def address(project):
    return reverse("curation:recipe", args=[project.slug])


def filled(**changes):
    """The form as a browser sends it back."""
    form = RecipeForm(Recipe())
    told = {name: form[name].initial for name in form.fields}
    told |= {"why": "", "seen": 0} | changes
    return {name: value for name, value in told.items() if value is not None and value is not False}


def send(client, project, **changes):
    client.force_login(make_curator(project))
    return client.post(address(project), filled(**changes))


def test_a_preview_shows_what_would_fall_and_saves_nothing(client, project):
    answer = send(client, project, preview="")
    assert answer.status_code == 200
    assert "Would be left out" in answer.text
    assert "&lt;b&gt;bold" in answer.text
    assert "<b>bold" not in answer.text
    assert "too short" in answer.text
    assert not DatasetRecipe.objects.exists()
    assert not DatasetVersion.objects.exists()


def test_a_recipe_is_put_in_force_with_its_reason_and_shown_with_what_it_changed(client, project):
    answer = send(client, project, save="", why="Nobody owns the set", **{"caps.user": 50})
    assert answer.status_code == 302
    made = DatasetRecipe.objects.get()
    assert (made.number, made.recipe["caps"]["user"]) == (1, 50)
    text = client.get(address(project)).text
    assert "Nobody owns the set" in text
    assert "<code>caps.user</code> 1000 → 50" in text


def test_boxes_that_are_not_ticked_are_off(client, project):
    sent = filled(save="")
    del sent["split.together.session"], sent["parsing.python_must_parse"]
    client.force_login(make_curator(project))
    client.post(address(project), sent)
    made = DatasetRecipe.objects.get().recipe
    assert made["split"]["together"] == ["cluster", "repository"]
    assert not made["parsing"]["python_must_parse"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"split.shares.train": 81}, "do not add up to 100"),
        ({"validity.least_tokens": -1}, "greater than or equal to 0"),
        ({"duplicates.percent": 69}, "greater than or equal to 70"),
        ({"caps.user": "many"}, "whole number"),
    ],
)
def test_what_is_no_recipe_is_refused_with_its_reason(client, project, changes, says):
    answer = send(client, project, save="", **changes)
    assert answer.status_code == 422
    assert says in answer.text
    assert not DatasetRecipe.objects.exists()


def test_who_saw_an_older_recipe_is_told_and_keeps_what_they_typed(client, project):
    set_recipe(project, Recipe(), "", make_curator(project), now(), after=0)
    answer = send(client, project, save="", **{"caps.user": 51})
    assert answer.status_code == 409
    assert "somebody set recipe 1 meanwhile" in answer.text
    assert 'value="51"' in answer.text
    assert DatasetRecipe.objects.count() == 1


def test_a_strange_number_of_the_recipe_seen_is_refused(client, project):
    assert send(client, project, save="", seen="²").status_code == 403


def test_who_may_see_and_who_may_change(client, project):
    assert client.get(address(project)).status_code == 302
    client.force_login(make_reviewer(project))
    page = client.get(address(project))
    assert page.status_code == 200
    assert "Put in force" not in page.text
    assert client.post(address(project), filled(save="")).status_code == 403
    client.force_login(make_curator(make_project()))
    assert client.get(address(project)).status_code == 404
    assert client.post(address(project), filled(save="")).status_code == 404
    assert not DatasetRecipe.objects.exists()


def test_the_file_is_what_curate_file_reads(client, project):
    send(client, project, save="", **{"caps.user": 50})
    answer = client.get(reverse("curation:recipe-file", args=[project.slug]))
    assert answer["Content-Disposition"].endswith('-recipe.json"')
    assert read(answer.content).caps.user == 50
    assert json.loads(answer.content) == DatasetRecipe.objects.get().recipe


def test_what_was_left_out_is_listed_by_reason(client, project):
    send(client, project, save="")
    version = make_refrozen(project)
    there = reverse("curation:left-out", args=[project.slug, version.number])
    client.force_login(make_reviewer(project))
    text = client.get(there).text
    assert "fe_short" in text
    assert "fe_kept" not in text
    assert "<script>x" not in text
    assert "fe_short" not in client.get(there, {"reason": "too_long"}).text
    assert client.get(there, {"after": "nonsense"}).status_code == 404
    client.force_login(make_person(make_project(), "curator"))
    assert client.get(there).status_code == 404
