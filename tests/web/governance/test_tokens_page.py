"""The access tokens page and the theme."""

import re

import pytest
from django.urls import reverse

from governance.models import AccessToken
from governance.tokens import token_for
from lib.clock import now
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = builders.make_person()
    client.force_login(person)
    return person


def make(client, **typed):
    return client.post(reverse("governance:tokens"), {"name": "notebook", "lives": "30"} | typed)


def test_a_new_token_is_shown_once_and_works(client, person):
    answer = make(client)
    secret = re.search(r"emt_[\w-]{43}", answer.text)[0]
    assert "no-store" in answer.headers["Cache-Control"]
    assert token_for(secret, now()).user == person
    assert secret not in client.get(reverse("governance:tokens")).text


@pytest.mark.parametrize("typed", [{"name": ""}, {"lives": "100000"}, {"lives": "soon"}])
def test_a_wrong_form_makes_no_token(client, person, typed):
    assert make(client, **typed).status_code == 422
    assert not AccessToken.objects.exists()


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
