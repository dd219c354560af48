"""A project that follows a share: who chooses it, what is left out, what is said of it."""

import json

import pytest
from django.urls import reverse

from feedback.models import Correction, Generation, Original, Orphan, Reaction, Sampling
from feedback.sampling import choose
from governance.models import LedgerEntry, Role
from lib.clock import now
from tests.builders import make_admin, make_ingest_key, make_person, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
SURVIVAL = {
    "timeUnixNano": "1764150000000000000",
    "eventName": "copilot_chat.edit.survival",
}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def page(project):
    return reverse("feedback:sampling", args=[project.slug])


@pytest.fixture
def report(client, project):
    secret = make_ingest_key(project)[1]

    def send(value, url="/api/v1/feedback"):
        return client.post(
            url, json.dumps(value), "application/json", headers={"X-API-Key": secret}
        )

    return send


@pytest.mark.parametrize("role", Role.values)
def test_only_admins_choose(client, project, page, role):
    client.force_login(make_person(project, role))
    refused = role != Role.PROJECT_ADMIN
    assert (client.get(page).status_code == 403) == refused
    assert (client.post(page, {"share": "0.5"}).status_code == 403) == refused
    assert Sampling.objects.exists() != refused


def test_nobody_and_outsiders_find_no_page(client, page):
    assert client.get(page).status_code == 302
    client.force_login(make_admin(make_project()))
    assert client.get(page).status_code == 404


def test_a_share_is_chosen_kept_and_recorded(client, project, page):
    client.force_login(make_admin(project))
    assert 'value="1.0"' in client.get(page).text
    assert client.post(page, {"share": "0.25"}).status_code == 302
    assert 'value="0.25"' in client.get(page).text
    assert LedgerEntry.objects.filter(project=project, action="sampling chosen").count() == 1
    for bad in ("1.5", "-1", "nan", "half"):
        assert client.post(page, {"share": bad}).status_code == 422
    assert Sampling.objects.get().share == 0.25


def everything(about):
    told = [reaction(about, kind) for kind in ("shown", "accepted", "timed_out", "rejected")]
    return [about, *told, reaction(about, "survived", value=0.5), correction(about)]


def test_only_survival_is_left_out_and_said_so(report, project):
    choose(project, 0.0, make_admin(project), now())
    answer = report(everything(generation())).json()
    assert [each["outcome"] for each in answer["results"]] == [
        *["stored"] * 5,
        "sampled_out",
        "stored",
    ]
    assert (answer["sampled_out"], answer["stored"]) == (1, 6)
    assert not Reaction.objects.filter(kind="survived").exists()
    assert (Generation.objects.count(), Correction.objects.count()) == (1, 1)
    alone = report(reaction({"id": "g"}, "survived", value=1))
    assert (alone.status_code, alone.json()["outcome"]) == (200, "sampled_out")


def test_without_a_choice_everything_is_kept(report):
    """Negative control of the test above, and the default."""
    answer = report(everything(generation()))
    assert answer.status_code == 201, answer.content
    assert answer.json()["stored"] == 7
    assert Reaction.objects.filter(kind="survived").exists()


@pytest.mark.parametrize(("share", "kept"), [(0.0, 0), (1.0, 1)])
def test_an_event_of_a_foreign_client_is_left_out_whole(report, project, share, kept):
    told = {
        "request_id": {"stringValue": "r-1"},
        "survival_rate_four_gram": {"doubleValue": 0.5},
        "time_delay_ms": {"intValue": "5000"},
    }
    attributes = [{"key": name, "value": value} for name, value in told.items()]
    body = {
        "resourceLogs": [{"scopeLogs": [{"logRecords": [SURVIVAL | {"attributes": attributes}]}]}]
    }
    choose(project, share, make_admin(project), now())
    assert report(body, "/ingest/otlp/v1/logs").status_code == 200
    assert (Original.objects.count(), Orphan.objects.count()) == (kept, kept)
