"""People who log in at an identity provider prove who they are there, and never by nothing."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from tests import builders
from tests.identity_provider import IdentityProvider

pytestmark = pytest.mark.django_db
AGAIN = "/account/log-in-again"
ADDING = "/accounts/2fa/totp/activate/"


@pytest.fixture
def provider(settings):
    provider = IdentityProvider()
    settings.SOCIALACCOUNT_PROVIDERS = provider.settings()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def person(provider, client):
    """Somebody without a password here, who logs in at the provider, and just did."""
    person = builders.make_person()
    person.set_unusable_password()
    person.save()
    SocialAccount.objects.create(user=person, provider="company", uid=provider.person)
    provider.log_in(client, "/accounts/oidc/company/login/")
    assert client.session["_auth_user_id"] == str(person.pk)
    return person


def again(provider, client, **claims):
    provider.claims = {"auth_time": int(time.time())} | claims
    return provider.log_in(client, AGAIN, next=ADDING)


@pytest.mark.parametrize("path", [ADDING, "/accounts/password/set/"])
def test_a_session_alone_adds_nothing_to_sign_with(client, person, path):
    for answer in (client.get(path), client.post(path, {"code": "000000"})):
        assert answer.status_code == 302
        assert answer.url.startswith(AGAIN)


def test_logging_in_again_at_the_provider_is_proof(client, provider, person):
    asked, answer = again(provider, client)
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert answer.url == ADDING
    assert client.get(ADDING).status_code == 200
    assert client.get("/accounts/password/set/").status_code == 200
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize("claims", [{"auth_time": None}, {"auth_time": "now"}, {"auth_time": 1}])
def test_an_answer_without_a_new_login_is_none(client, provider, person, claims):
    _, answer = again(provider, client, **claims)
    assert answer.url.startswith(AGAIN)
    assert "did not say that you logged in again" in client.get(answer.url).text
    assert client.get(ADDING).url.startswith(AGAIN)


def test_another_account_there_proves_nothing(client, provider, person):
    other = builders.make_person()
    SocialAccount.objects.create(user=other, provider="company", uid="subject-2")
    for subject in ("subject-2", "subject-3"):
        provider.person, provider.email = subject, person.email
        _, answer = again(provider, client)
        assert answer.url.startswith(AGAIN)
        assert "not the account you log in here with" in client.get(answer.url).text
        assert client.get(ADDING).url.startswith(AGAIN)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert SocialAccount.objects.count() == 2


def test_an_answer_counts_once_and_only_where_it_was_asked_for(client, provider, person):
    asked, _ = again(provider, client)
    replayed = client.get(
        "/accounts/oidc/company/login/callback/", {"code": "once", "state": asked["state"]}
    )
    assert "Single sign-on failed" in replayed.text


def test_an_ordinary_login_there_is_no_fresh_proof(client, provider, person):
    provider.claims = {"auth_time": int(time.time())}
    for process in ("login", "redirect"):
        address = f"/accounts/oidc/company/login/?process={process}&next={ADDING}"
        provider.log_in(client, address)
        assert client.get(ADDING).url.startswith(AGAIN)


def test_the_page_says_where_one_will_log_in(client, person):
    page = client.get(AGAIN, {"next": ADDING})
    assert "Log in again at Company login" in page.text
    assert ADDING in page.text
    assert "https://evil.example" not in client.get(AGAIN, {"next": "https://evil.example"}).text


def test_it_is_one_way_among_others_for_who_has_others(client, person):
    person.set_password("correct horse battery")
    person.save()
    client.force_login(person)
    page = client.get(reverse("account_reauthenticate"))
    assert "Log in again at Company login" in page.text


def test_it_is_for_those_who_log_in_there(client):
    assert client.get(AGAIN).status_code == 302
    client.force_login(builders.make_person())
    assert client.get(AGAIN).status_code == 403
    assert client.post(AGAIN).status_code == 403


def test_where_nothing_can_be_asked_nothing_is_done(client, settings, person):
    settings.SOCIALACCOUNT_PROVIDERS = {}  # the provider was taken away
    answer = client.get(ADDING)
    assert answer.status_code == 302
    assert client.get(answer.url).status_code in (302, 403)
    assert not Authenticator.objects.exists()
