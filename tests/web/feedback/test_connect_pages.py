"""Connect a client: who may, what is shown once, and how far the client got."""

import json
import re
from html import unescape

import pytest
from django.urls import reverse

from feedback.models import Original
from governance.models import IngestKey, Role
from tests import builders
from tests.feedback_builders import generation

pytestmark = pytest.mark.django_db
WROTE = {
    "resourceLogs": [
        {"scopeLogs": [{"logRecords": [{"body": {"stringValue": "claude_code.user_prompt"}}]}]}
    ]
}


@pytest.fixture
def project():
    return builders.make_project()


@pytest.fixture
def as_admin(client, project):
    client.force_login(builders.make_admin(project))
    return client


def address(project, tool="claude-code", key=None):
    found = reverse("feedback:connect-tool", args=[project.slug, tool])
    return f"{found}?key={key.pk}" if key else found


def every_request(project):
    return [
        ("get", reverse("feedback:connect", args=[project.slug])),
        ("get", address(project)),
        ("post", address(project)),
    ]


def test_nobody_is_asked_to_log_in(client, project):
    for method, path in every_request(project):
        assert getattr(client, method)(path).url.startswith("/accounts/login/")


def test_an_outsider_learns_nothing(client, project):
    client.force_login(builders.make_admin(builders.make_project()))
    for method, path in every_request(project):
        assert getattr(client, method)(path).status_code == 404


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.GOVERNANCE_LEAD])
def test_a_member_who_is_no_admin_is_refused(client, project, role):
    client.force_login(builders.make_person(project, role))
    for method, path in every_request(project):
        assert getattr(client, method)(path).status_code == 403


def test_the_list_leads_to_every_tool(as_admin, project):
    page = as_admin.get(reverse("feedback:connect", args=[project.slug])).text
    assert address(project, "continue") in page
    assert address(project, "api") in page


@pytest.mark.parametrize("query", ["?key=x", "?key=99", "?key=²", f"?key={'9' * 30}"])
def test_a_key_that_is_none_is_not_there(as_admin, project, query):
    assert as_admin.get(address(project) + query).status_code == 404


def test_a_key_of_another_project_is_not_there(as_admin, project):
    key, _ = builders.make_ingest_key(builders.make_project())
    assert as_admin.get(address(project, key=key)).status_code == 404


def test_a_tool_that_is_none_is_not_there(as_admin, project):
    assert as_admin.get(address(project, "none")).status_code == 404


def test_a_nameless_key_is_refused(as_admin, project):
    assert as_admin.post(address(project), {"name": " "}).status_code == 422
    assert not IngestKey.objects.exists()


def test_the_configuration_with_the_key_reports_and_the_page_says_so(as_admin, client, project):
    assert "x-api-key=YOUR_INGEST_KEY" in as_admin.get(address(project)).text
    made = as_admin.post(address(project), {"name": "Claude Code"})
    assert "no-store" in made.headers["Cache-Control"]
    assert "Waiting for the first event" in made.text
    told = re.search(r"id=\"piece-1\"[^>]*>(\{.*?\n\})</pre>", made.text, re.DOTALL)[1]
    told = json.loads(unescape(told))["env"]
    header, secret = told["OTEL_EXPORTER_OTLP_HEADERS"].split("=")
    key = IngestKey.objects.get()
    watched = address(project, key=key)
    assert secret not in as_admin.get(watched).text
    path = told["OTEL_EXPORTER_OTLP_ENDPOINT"].removeprefix("http://testserver")
    for said, sent in (("no event came this way yet", {}), ("Received.", WROTE)):
        answer = client.post(path + "/v1/logs", sent, "application/json", headers={header: secret})
        assert answer.status_code == 200
        assert said in as_admin.get(watched).text
    assert Original.objects.get().key == key


def test_a_part_is_sent_only_when_something_is_new(as_admin, client, project):
    key, secret = builders.make_ingest_key(project)
    polled, htmx = address(project, "api", key) + "&seen=nothing", {"HX-Request": "true"}
    assert as_admin.get(polled, headers=htmx).status_code == 204
    sent = client.post(
        "/api/v1/feedback",
        generation(),
        "application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert sent.status_code == 201
    part = as_admin.get(polled, headers=htmx)
    assert "Received." in part.text
    assert "hx-get" not in part.text
    assert "<html" not in part.text


def test_what_cannot_be_read_is_said_to_be_in_quarantine(as_admin, client, project):
    key, secret = builders.make_ingest_key(project)
    headers = {"Authorization": f"Bearer {secret}"}
    client.post("/ingest/continue", b"[1]", "application/json", headers=headers)
    assert "kept in quarantine" in as_admin.get(address(project, "continue", key)).text
