"""Django admin of people and the record."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import NoReverseMatch, reverse

from governance.credentials import held_back_until
from governance.ledger import record
from governance.models import LedgerEntry, Membership, Project, Role, User
from governance.tokens import TokenUnknown, make_token, token_for
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


def set_password(client, person):
    told = {"password1": "a brand new one 7", "password2": "a brand new one 7"}
    told |= {"usable_password": "true", "set-password": "1"}
    return client.post(reverse("admin:auth_user_password_change", args=[person.pk]), told)


def test_nobody_sets_the_password_of_who_holds_a_role(client, site_admin, project):
    lead = builders.make_lead(project)
    assert set_password(client, lead).status_code == 403
    lead.refresh_from_db()
    assert lead.check_password("correct horse battery")
    page = client.get(reverse("admin:governance_user_change", args=[lead.pk])).text
    assert "only they set their password" in page
    assert "../password/" not in page


def test_a_password_set_in_the_admin_ends_access_tokens(client, site_admin):
    person = builders.make_person()
    _, secret = make_token(person, "notebook", timedelta(days=1), now())
    assert set_password(client, person).status_code == 302
    person.refresh_from_db()
    assert person.check_password("a brand new one 7")
    with pytest.raises(TokenUnknown):
        token_for(secret, now())
    assert held_back_until(person, now()) is not None  # they may be given a role tomorrow


def test_moving_somebodys_address_is_in_the_ledger_of_each_project(client, site_admin, project):
    lead = builders.make_lead(project)
    Membership.objects.create(project=project, user=lead, role=Role.CURATOR)
    page = client.get(reverse("admin:governance_user_change", args=[lead.pk]))
    typed = {k: v for k, v in page.context["adminform"].form.initial.items() if v is not None}
    typed |= {"email": "mine@example.org", "is_active": "on"}
    client.post(reverse("admin:governance_user_change", args=[lead.pk]), typed)
    lead.refresh_from_db()
    assert lead.email == "mine@example.org"
    entry = LedgerEntry.objects.get(project=project)
    assert (entry.action, entry.actor, entry.subject) == (
        "account changed",
        site_admin,
        lead.username,
    )
    assert b'"changed":["email"]' in bytes(entry.body)


def change(client, person, **changes):
    address = reverse("admin:governance_user_change", args=[person.pk])
    form = client.get(address).context["adminform"].form
    typed = {k: v for k, v in form.initial.items() if v is not None} | {"is_active": "on"}
    assert client.post(address, typed | changes).status_code == 302


def test_whoever_changes_how_a_person_logs_in_cannot_sign_as_them_for_three_days(
    client, site_admin, project, mailoutbox, django_capture_on_commit_callbacks
):
    lead, old = builders.make_lead(project), "was@example.org"
    User.objects.filter(pk=lead.pk).update(email=old)
    change(client, lead, first_name="Somebody")
    assert held_back_until(lead, now()) is None
    with django_capture_on_commit_callbacks(execute=True):
        change(client, lead, email="mine@example.org")
    assert held_back_until(lead, now() + timedelta(hours=71)) is not None
    assert held_back_until(lead, now() + timedelta(hours=73)) is None
    assert [mail.to for mail in mailoutbox] == [["mine@example.org", old]]
    assert "did not ask for it" in mailoutbox[0].body


@pytest.mark.parametrize("model", ["account_emailaddress", "account_emailconfirmation"])
def test_no_address_is_added_behind_the_ledgers_back(client, site_admin, model):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{model}_add")


def test_no_account_of_a_provider_is_tied_to_somebody_in_the_admin(client, site_admin):
    assert client.get(reverse("admin:socialaccount_socialaccount_changelist")).status_code == 200
    assert client.get(reverse("admin:socialaccount_socialaccount_add")).status_code == 403


def test_removing_a_second_factor_is_in_the_ledger(client, site_admin, project):
    lead = builders.make_lead(project)
    factor = Authenticator.objects.create(user=lead, type="totp", data={"secret": "x"})
    address = reverse("admin:mfa_authenticator_delete", args=[factor.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()
    assert LedgerEntry.objects.get(project=project).action == "second factor removed"
    assert held_back_until(lead, now()) is not None
