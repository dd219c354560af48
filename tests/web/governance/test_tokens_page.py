"""The access tokens page and the theme."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from governance.models import AccessToken
from governance.tokens import TokenUnknown, make_token, token_for
from lib.clock import now
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = builders.make_person()
    client.force_login(person)
    return person


MONTH = timedelta(days=30)


def make(client, **typed):
    return client.post(
        reverse("governance:tokens"), {"name": "notebook", "lives": "30", "scope": "read"} | typed
    )


def test_a_new_token_is_shown_once_and_works(client, person):
    answer = make(client)
    secret = re.search(r"emt_[\w-]{43}", answer.text)[0]
    assert "no-store" in answer.headers["Cache-Control"]
    assert token_for(secret, now()).user == person
    assert secret not in client.get(reverse("governance:tokens")).text


WRONG = [{"name": ""}, {"lives": "100000"}, {"lives": "soon"}, {"scope": "x"}]


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_form_makes_no_token(client, person, typed):
    assert make(client, **typed).status_code == 422
    assert not AccessToken.objects.exists()


def test_a_token_is_for_one_of_one_s_own_projects(client, person):
    own, other = builders.make_project(), builders.make_project()
    own.memberships.create(user=person, role="reviewer")
    assert make(client, project=other.slug).status_code == 422
    make(client, project=own.slug)
    token = AccessToken.objects.get()
    assert (token.project, token.scope) == (own, "read")
    assert own.name in client.get(reverse("governance:tokens")).text


def test_a_token_is_revoked_by_its_person_only(client, person):
    make(client)
    token = AccessToken.objects.get()
    address = reverse("governance:end-token", args=[token.pk])
    client.force_login(builders.make_person())
    assert client.post(address).status_code == 404
    client.force_login(person)
    assert client.post(address).url == reverse("governance:tokens")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_nobody_revokes_nothing(client):
    assert client.post(reverse("governance:end-token", args=[1])).status_code == 302


def test_the_theme_is_kept_and_leads_back(client, person):
    address = reverse("governance:theme")
    answer = client.post(address, {"theme": "dark", "next": "/account/tokens/?a=b"})
    assert answer.url == "/account/tokens/?a=b"
    person.refresh_from_db()
    assert person.theme == "dark"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_the_theme_leads_nowhere_else(client, person, back):
    answer = client.post(reverse("governance:theme"), {"theme": "dark", "next": back})
    assert answer.url == "/"


def test_a_theme_that_is_none_changes_nothing(client, person):
    client.post(reverse("governance:theme"), {"theme": "neon"})
    person.refresh_from_db()
    assert person.theme == "system"


def change_password(client, person):
    new = "a brand new one 7"
    told = {"oldpassword": "correct horse battery", "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), told, follow=True)


def reset_password(client, person):
    client.logout()
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"https?://\S+", mail.outbox[-1].body)[0]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = "a brand new one 7"
    return client.post(form, {"password1": new, "password2": new}, follow=True)


@pytest.mark.parametrize("renew", [change_password, reset_password])
def test_tokens_end_with_the_password_and_their_person_is_told(client, person, renew):
    secrets = [make_token(person, name, timedelta(days=1), now())[1] for name in "ab"]
    other = make_token(builders.make_person(), "c", timedelta(days=1), now())[1]
    page = renew(client, person)
    person.refresh_from_db()
    assert person.check_password("a brand new one 7")
    for secret in secrets:
        with pytest.raises(TokenUnknown):
            token_for(secret, now())
    assert token_for(other, now())
    assert "Your 2 access tokens ended with the old password." in page.text


def test_without_tokens_nothing_is_said_of_them(client, person):
    assert "ended with" not in change_password(client, person).text
