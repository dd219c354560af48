"""Recalling from the browser and over the API."""

from datetime import timedelta

import pytest
from django.urls import reverse

from curation.models import Recall
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_refrozen
from tests.deployments_builders import make_promotion, make_version

pytestmark = pytest.mark.django_db
SENT = {"kind": "wrong", "why": "<script>x</script>", "with_near": "on", "recall": ""}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def bad(project):
    example = make_accepted(project, client_id="bad", repository="acme/part-0")
    make_refrozen(project)
    return example


def address(example):
    return reverse("recall", args=[example.project.slug, example.pk])


def test_what_is_reached_is_shown_before_anything_is_done(client, project, bad):
    client.force_login(make_curator(project))
    text = client.get(address(bad)).text
    assert "Version 1" in text
    assert not Recall.objects.exists()


def test_it_is_recalled_listed_shown_and_taken_back(client, project, bad):
    client.force_login(make_curator(project))
    assert client.post(address(bad), SENT).status_code == 302
    assert client.post(address(bad), SENT).status_code == 409
    listed = client.get(reverse("recalls", args=[project.slug])).text
    assert "&lt;script&gt;x" in listed
    assert "<script>x" not in listed
    assert "Recalled" in client.get(reverse("curation:example", args=[project.slug, bad.pk])).text
    version = client.get(reverse("curation:dataset", args=[project.slug, 1])).text
    assert "1 line of it was recalled" in version
    back = client.post(address(bad), {"why": "It was right.", "take-back": ""})
    assert back.status_code == 302
    version = client.get(reverse("curation:dataset", args=[project.slug, 1])).text
    assert "was recalled" not in version
    assert "Recalled, then taken back" in client.get(reverse("recalls", args=[project.slug])).text


def test_whoever_signs_is_told_that_the_model_learnt_what_was_recalled(client, project, bad):
    version = project.dataset_versions.get()
    model = make_version(project, dataset_version=version.content_id)
    promotion = make_promotion(project, model)
    client.force_login(make_curator(project))
    client.post(address(bad), SENT)
    assert version.rows.get().split == "train"
    for name, pk in (("model", model.pk), ("promotion", promotion.pk)):
        text = client.get(reverse(f"deployments:{name}", args=[project.slug, pk])).text
        assert "It was trained on 1 line that was recalled since." in text


@pytest.mark.parametrize("changes", [{"why": ""}, {"kind": "nonsense"}, {"why": "x" * 301}])
def test_what_is_not_said_right_is_not_done(client, project, bad, changes):
    client.force_login(make_curator(project))
    assert client.post(address(bad), SENT | changes).status_code == 422
    assert not Recall.objects.exists()


def test_who_may(client, project, bad):
    assert client.get(address(bad)).status_code == 302
    client.force_login(make_reviewer(project))
    assert client.get(address(bad)).status_code == 200
    assert client.post(address(bad), SENT).status_code == 403
    client.force_login(make_curator(make_project()))
    for there in (address(bad), reverse("recalls", args=[project.slug])):
        assert client.get(there).status_code == 404
    assert client.post(address(bad), SENT).status_code == 404
    assert not Recall.objects.exists()


def as_(person):
    secret = make_token(person, "test", timedelta(days=1), now())[1]
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}", "content_type": "application/json"}


def test_over_the_api(client, project, bad):
    there = f"/api/v1/projects/{project.slug}/recalls"
    curator = as_(make_curator(project))
    body = {"feedback_id": "fe_bad", "kind": "licence", "why": "Not ours."}
    made = client.post(there, body, **curator)
    assert (made.status_code, len(made.json())) == (201, 1)
    assert made.json()[0]["feedback_id"] == "fe_bad"
    assert client.post(there, body, **curator).status_code == 409
    assert client.get(there, **curator).json()["results"] == made.json()
    back = {"feedback_id": "fe_bad", "why": "It is ours."}
    assert client.post(f"{there}/taken-back", back, **curator).status_code == 201
    assert client.post(f"{there}/taken-back", back, **curator).status_code == 409
    missing = body | {"feedback_id": "fe_nobody"}
    assert client.post(there, missing, **curator).status_code == 404
    assert client.post(there, body | {"kind": "x"}, **curator).status_code == 400
    assert client.post(there, body, **as_(make_reviewer(project))).status_code == 403
    assert client.post(there, body, **as_(make_curator(make_project()))).status_code == 404
    assert client.get(there, **as_(make_person(make_project(), "developer"))).status_code == 404
