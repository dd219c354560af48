"""Project settings: who may, what they may, and what the page keeps of what they typed."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from governance.models import IngestKey, LedgerEntry, Membership, Role, User
from lib.clock import now
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return builders.make_project()


@pytest.fixture
def admin(project):
    return builders.make_admin(project)


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def addresses(project):
    key, _ = builders.make_ingest_key(project)
    member = builders.make_reviewer(project)
    slug = project.slug
    return [
        ("get", reverse("governance:settings", args=[slug])),
        ("post", reverse("governance:add-member", args=[slug])),
        ("post", reverse("governance:roles", args=[slug, member.pk])),
        ("post", reverse("governance:new-key", args=[slug])),
        ("post", reverse("governance:end-key", args=[slug, key.pk])),
        ("post", reverse("governance:rotate-key", args=[slug, key.pk])),
    ]


def test_nobody_is_asked_to_log_in(client, project):
    for method, address in addresses(project):
        answer = getattr(client, method)(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")


def test_an_outsider_learns_nothing(client, project):
    client.force_login(builders.make_admin(builders.make_project()))
    for method, address in addresses(project):
        assert getattr(client, method)(address).status_code == 404


@pytest.mark.parametrize(
    "role", [Role.DEVELOPER, Role.REVIEWER, Role.CURATOR, Role.GOVERNANCE_LEAD]
)
def test_a_member_who_is_no_admin_is_refused(client, project, role):
    client.force_login(builders.make_person(project, role))
    for method, address in addresses(project):
        assert getattr(client, method)(address).status_code == 403


def test_the_page_asks_the_same_number_of_questions_for_many(
    as_admin, project, django_assert_num_queries
):
    for _ in range(7):
        builders.make_reviewer(project)
        builders.make_ingest_key(project)
    address = reverse("governance:settings", args=[project.slug])
    # session, user, memberships with their projects, members, keys
    with django_assert_num_queries(6):
        as_admin.get(address)


def test_a_member_is_added(as_admin, project):
    noor = builders.make_person()
    address = reverse("governance:add-member", args=[project.slug])
    answer = as_admin.post(address, {"person": noor.username, "roles": ["curator"]}, follow=True)
    assert f"{noor.username} is a member now." in unescape(answer.text)
    assert Membership.objects.get(user=noor).role == Role.CURATOR


def test_an_unknown_person_keeps_what_was_typed(as_admin, project):
    address = reverse("governance:add-member", args=[project.slug])
    answer = as_admin.post(address, {"person": "<b>nobody</b>", "roles": ["curator"]})
    assert answer.status_code == 422
    assert 'value="&lt;b&gt;nobody&lt;/b&gt;"' in answer.text
    assert "<b>nobody</b>" not in answer.text
    assert re.search(r'value="curator"[^>]* checked', answer.text)


def test_a_role_that_is_none_is_refused(as_admin, project):
    noor = builders.make_reviewer(project)
    address = reverse("governance:roles", args=[project.slug, noor.pk])
    assert as_admin.post(address, {"roles": ["emperor"]}).status_code == 422
    assert Membership.objects.get(user=noor).role == Role.REVIEWER


def test_the_last_admin_is_told_why_they_stay(as_admin, project, admin):
    address = reverse("governance:roles", args=[project.slug, admin.pk])
    answer = as_admin.post(address, {})
    assert answer.status_code == 422
    assert "is the last project admin" in answer.text
    assert Membership.objects.filter(user=admin, role=Role.PROJECT_ADMIN).exists()


def test_someone_of_another_project_cannot_be_changed_from_here(as_admin, project):
    stranger = builders.make_reviewer(builders.make_project())
    address = reverse("governance:roles", args=[project.slug, stranger.pk])
    assert as_admin.post(address, {"roles": ["curator"]}).status_code == 404


def test_a_key_of_another_project_cannot_be_revoked_from_here(as_admin, project):
    key, _ = builders.make_ingest_key(builders.make_project())
    address = reverse("governance:end-key", args=[project.slug, key.pk])
    assert as_admin.post(address).status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_new_key_is_shown_once_and_cached_nowhere(as_admin, project):
    made = as_admin.post(reverse("governance:new-key", args=[project.slug]), {"name": "IDE"})
    secret = re.search(r"emk_[\w-]{43}", made.text)[0]
    assert "no-store" in made.headers["Cache-Control"]
    again = as_admin.get(reverse("governance:settings", args=[project.slug]))
    assert secret not in again.text
    assert IngestKey.objects.get().prefix in again.text


def test_the_command_shown_with_a_new_key_reports_feedback(as_admin, client, project):
    made = as_admin.post(reverse("governance:new-key", args=[project.slug]), {"name": "IDE"})
    command = unescape(made.text)
    secret = re.search(r"Authorization: Bearer (emk_\S+)'", command)[1]
    body = json.loads(re.search(r"-d '(\[.*?\])'", command, re.DOTALL)[1])
    address = re.search(r"curl http://testserver(\S+)", command)[1]
    answer = client.post(
        address, body, "application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 201, answer.text
    assert {record["type"] for record in body} == {"generation", "correction"}


def test_a_nameless_key_is_refused(as_admin, project):
    answer = as_admin.post(reverse("governance:new-key", args=[project.slug]), {"name": " "})
    assert answer.status_code == 422
    assert not IngestKey.objects.exists()


def test_revoking_is_on_the_record(as_admin, project, admin):
    key, _ = builders.make_ingest_key(project)
    as_admin.post(reverse("governance:end-key", args=[project.slug, key.pk]))
    key.refresh_from_db()
    assert key.revoked_by == admin
    newest = LedgerEntry.objects.filter(project=project).latest("id")
    assert newest.action == "ingest key revoked"


def rotated(as_admin, project, key, overlap):
    address = reverse("governance:rotate-key", args=[project.slug, key.pk])
    return as_admin.post(address, {"overlap": overlap})


def test_a_rotated_key_is_shown_once_and_the_old_one_has_an_end(as_admin, project):
    key, _ = builders.make_ingest_key(project)
    made = rotated(as_admin, project, key, 24)
    secret = re.search(r"emk_[\w-]{43}", made.text)[0]
    assert "no-store" in made.headers["Cache-Control"]
    assert f"The old key, <code>{key.prefix}…</code>, works until" in made.text
    again = as_admin.get(reverse("governance:settings", args=[project.slug]))
    assert secret not in again.text
    assert "works until" in again.text
    key.refresh_from_db()
    assert timedelta(hours=23) < key.ends_at - now() <= timedelta(hours=24)
    newest = LedgerEntry.objects.filter(project=project).latest("id")
    assert newest.action == "ingest key rotated"


@pytest.mark.parametrize("overlap", ["", "never", "2"])
def test_an_overlap_that_is_none_is_refused(as_admin, project, overlap):
    key, _ = builders.make_ingest_key(project)
    assert rotated(as_admin, project, key, overlap).status_code == 422
    assert IngestKey.objects.count() == 1


def test_a_key_is_rotated_once(as_admin, project):
    key, _ = builders.make_ingest_key(project)
    assert rotated(as_admin, project, key, 1).status_code == 200
    again = rotated(as_admin, project, key, 1)
    assert again.status_code == 422
    assert "was revoked or rotated in the meantime" in again.text
    assert IngestKey.objects.count() == 2


def test_a_key_of_another_project_cannot_be_rotated_from_here(as_admin, project):
    key, _ = builders.make_ingest_key(builders.make_project())
    assert rotated(as_admin, project, key, 1).status_code == 404


def test_an_invited_person_can_choose_a_password(as_admin, client, project, mailoutbox):
    address = reverse("governance:add-member", args=[project.slug])
    as_admin.post(address, {"person": "ivo@example.com", "roles": ["developer"]})
    client.logout()
    client.post(reverse("account_reset_password"), {"email": "ivo@example.com"})
    link = re.search(r"http://testserver(\S+)", mailoutbox[0].body)[1]
    form = client.get(link, follow=True)
    client.post(
        form.redirect_chain[-1][0],
        {"password1": "a good long password", "password2": "a good long password"},
    )
    login = {"login": "ivo@example.com", "password": "a good long password"}
    assert client.post(reverse("account_login"), login).url == "/"
    assert User.objects.get(username="ivo").has_usable_password()
