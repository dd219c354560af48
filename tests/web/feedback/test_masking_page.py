import pytest
from django.urls import reverse

from feedback import patterns
from feedback.ingest import receive
from feedback.models import MaskingPattern
from governance.models import Role
from lib.clock import now
from tests.builders import make_admin, make_ingest_key, make_person, make_project
from tests.feedback_builders import generation

pytestmark = pytest.mark.django_db
TICKET = {"name": "ticket", "expression": r"\bACME-[0-9]{4}\b", "sample": "see ACME-4711 <b>"}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def page(project):
    return reverse("feedback:masking", args=[project.slug])


def ending(pattern):
    return reverse("feedback:end-pattern", args=[pattern.project.slug, pattern.pk])


@pytest.mark.parametrize("role", Role.values)
def test_only_admins_have_to_do_with_patterns(client, project, page, role):
    pattern = patterns.save(project, "host", "db7-acme", make_admin(project), now())
    client.force_login(make_person(project, role))
    refused = role != Role.PROJECT_ADMIN
    assert (client.get(page).status_code == 403) == refused
    assert (client.post(page, TICKET).status_code == 403) == refused
    assert (client.post(ending(pattern)).status_code == 403) == refused


def test_nobody_and_outsiders_find_no_page(client, project, page):
    assert client.get(page).status_code == 302
    client.force_login(make_admin(make_project()))
    assert client.get(page).status_code == 404


def test_a_pattern_is_tried_saved_and_ended(client, project, page):
    client.force_login(make_admin(project))
    tried = client.post(page, TICKET)
    assert "It masks 1 place in the text" in tried.text
    assert "MASKED_ticket_" in tried.text
    assert "&lt;b&gt;" in tried.text
    assert not MaskingPattern.objects.exists()
    assert client.post(page, TICKET | {"save": "1"}).status_code == 302
    key = make_ingest_key(project)[0]
    receive(key, [generation(output="ACME-4711\n")], now())
    shown = client.get(page).text
    assert "In force" in shown
    assert shown.count("<td>ticket</td>") == 2  # the pattern, and what it masked today
    assert client.post(ending(MaskingPattern.objects.get())).status_code == 302
    assert "Ended" in client.get(page).text


def test_a_pattern_that_cannot_be_taken_is_said_so_and_kept_in_the_form(client, project, page):
    client.force_login(make_admin(project))
    refused = client.post(page, TICKET | {"expression": "(", "save": "1"})
    assert refused.status_code == 422
    assert "RE2 does not take it" in refused.text
    assert 'value="ticket"' in refused.text
    assert client.post(page, TICKET | {"name": "Ticket"}).status_code == 422
    assert not MaskingPattern.objects.exists()
