"""Django admin of people and the record."""

import pytest
from django.urls import reverse

from governance.ledger import record
from governance.models import LedgerEntry, Membership, Project, Role
from lib.clock import now
from tests import builders

pytestmark = pytest.mark.django_db

PAGES = ["user", "membership", "ingestkey", "accesstoken", "ledgerentry", "project"]


@pytest.fixture
def site_admin(client):
    person = builders.make_person(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


@pytest.fixture
def project():
    return builders.make_project()


@pytest.mark.parametrize("model", PAGES)
def test_every_list_opens_and_searches(client, site_admin, project, model):
    builders.make_ingest_key(project)
    record(project, site_admin, "tried", "it", now())
    address = reverse(f"admin:governance_{model}_changelist")
    assert client.get(address).status_code == 200
    assert client.get(address, {"q": project.slug}).status_code == 200


@pytest.mark.parametrize("model", ["ingestkey", "accesstoken", "ledgerentry"])
def test_what_was_recorded_is_read_only(client, site_admin, model):
    assert client.get(reverse(f"admin:governance_{model}_add")).status_code == 403


def test_a_ledger_entry_shows_its_body_and_cannot_be_removed(client, site_admin, project):
    entry = record(project, site_admin, "tried", "it", now())
    page = client.get(reverse("admin:governance_ledgerentry_change", args=[entry.pk]))
    assert "&quot;action&quot;:&quot;tried&quot;" in page.text
    removed = client.post(
        reverse("admin:governance_ledgerentry_delete", args=[entry.pk]), {"post": "yes"}
    )
    assert removed.status_code == 403


def test_a_member_who_is_no_site_admin_is_refused(client, project):
    client.force_login(builders.make_admin(project))
    assert client.get(reverse("admin:governance_user_changelist"), follow=True).status_code == 403


def test_a_membership_given_in_the_admin_is_on_the_record(client, site_admin, project):
    noor = builders.make_person()
    client.post(
        reverse("admin:governance_membership_add"),
        {"project": project.pk, "user": noor.pk, "role": "curator"},
    )
    assert Membership.objects.get(user=noor).role == Role.CURATOR
    assert LedgerEntry.objects.get(project=project).action == "role given"


def test_the_last_admin_cannot_be_taken_in_the_admin(client, site_admin, project):
    last = builders.make_admin(project)
    membership = Membership.objects.get(user=last)
    address = reverse("admin:governance_membership_delete", args=[membership.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_a_project_opened_in_the_admin_is_whole(client, site_admin):
    answer = client.post(
        reverse("admin:governance_project_add"), {"slug": "ledger", "name": "Ledger"}
    )
    assert answer.status_code == 302, answer.text
    project = Project.objects.get(slug="ledger")
    assert project.memberships.get().user == site_admin
    assert project.ledger.get().action == "project opened"
