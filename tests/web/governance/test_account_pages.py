"""Login, password and second-factor pages."""

import pytest
from django.urls import reverse

from tests import builders

pytestmark = pytest.mark.django_db

OWN_PAGES = [
    "account_change_password",
    "account_email",
    "account_logout",
    "mfa_index",
    "mfa_list_webauthn",
    "socialaccount_connections",
    "governance:tokens",
]
OPEN_PAGES = ["account_login", "account_reset_password", "account_reset_password_done"]


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_an_open_page_answers_anyone(client, name):
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert 'class="skip"' in page.text


@pytest.mark.parametrize("name", OWN_PAGES)
def test_an_own_page_asks_nobody_to_log_in(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302


@pytest.mark.parametrize("name", OWN_PAGES)
def test_an_own_page_answers_its_person(client, name):
    client.force_login(builders.make_person())
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert 'class="skip"' in page.text


def log_in(client, person, password="correct horse battery", **more):
    return client.post(
        reverse("account_login"), {"login": person.username, "password": password} | more
    )


def test_a_person_logs_in_by_name_and_by_address(client):
    person = builders.make_person()
    assert log_in(client, person).url == "/"
    client.logout()
    answer = client.post(
        reverse("account_login"), {"login": person.email, "password": "correct horse battery"}
    )
    assert answer.url == "/"


def test_a_login_leads_nowhere_else(client):
    person = builders.make_person()
    assert log_in(client, person, next="https://evil.example/").url == "/"
    client.logout()
    assert log_in(client, person, next="/account/tokens/").url == "/account/tokens/"


def test_an_inactive_person_is_not_let_in(client):
    person = builders.make_person(is_active=False)
    answer = log_in(client, person)
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    page = client.get(reverse("account_signup"))
    assert "You cannot sign up here" in page.text
    answer = client.post(
        reverse("account_signup"),
        {"username": "mallory", "password1": "correct horse 9", "password2": "correct horse 9"},
    )
    assert "You cannot sign up here" in answer.text
    assert "_auth_user_id" not in client.session


def test_logging_out_has_the_browser_drop_its_cached_pages(client):
    client.force_login(builders.make_person())
    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "_auth_user_id" not in client.session
