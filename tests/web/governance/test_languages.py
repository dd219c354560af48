"""Which language a page is in, and how a person chooses it."""

import pytest
from django.core import mail
from django.urls import reverse

from governance.models import User
from tests import builders

pytestmark = [pytest.mark.web, pytest.mark.django_db]

CHOOSE = reverse("governance:language")
TOKENS = reverse("governance:tokens")


@pytest.fixture
def person(client):
    user = builders.make_person(username="wren")
    client.force_login(user)
    return user


def test_a_page_is_in_english_unless_the_browser_asks_otherwise(client, person):
    assert '<html lang="en" dir="ltr"' in client.get(TOKENS).text
    german = client.get(TOKENS, headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    assert '<html lang="de" dir="ltr"' in german.text
    assert "Zugriffstokens" in german.text
    assert "Accept-Language" in german.headers["Vary"]
    assert (
        client.get(TOKENS, headers={"Accept-Language": "tlh"}).headers["Content-Language"] == "en"
    )


def test_the_own_choice_goes_before_the_browser_and_leads_back(client, person):
    answer = client.post(CHOOSE, {"language": "de", "next": f"{TOKENS}?a=b"})
    assert answer.headers["Location"] == f"{TOKENS}?a=b"
    person.refresh_from_db()
    assert person.language == "de"
    client.cookies.clear()
    client.force_login(person)
    page = client.get(TOKENS, headers={"Accept-Language": "en"})
    assert page.headers["Content-Language"] == "de"
    client.post(CHOOSE, {"language": ""})
    assert client.get(TOKENS).headers["Content-Language"] == "en"


def test_before_a_login_a_cookie_keeps_it(client, db):
    login = reverse("account_login")
    assert 'lang="de" aria-pressed="false"' in client.get(login).text
    client.post(CHOOSE, {"language": "de", "next": login})
    assert "Bei Emend anmelden" in client.get(login).text


@pytest.mark.parametrize(
    "asked", [{"language": "xx"}, {"language": "de", "next": "//elsewhere.org"}]
)
def test_what_is_no_language_or_no_page_of_ours_leads_to_the_start(client, person, asked):
    answer = client.post(CHOOSE, asked)
    assert answer.headers["Location"] == "/"
    assert client.get(CHOOSE).status_code == 405
    person.refresh_from_db()
    assert person.language == ("de" if asked["language"] == "de" else "")


def test_a_language_that_is_no_longer_spoken_is_passed_over(client, person):
    User.objects.update(language="tlh")
    assert client.get(TOKENS).headers["Content-Language"] == "en"


def test_programs_are_answered_in_english(client, person):
    User.objects.update(language="de")
    problem = client.get("/api/nothing", headers={"Accept-Language": "de"}).json()
    assert problem["detail"] == "There is nothing at /api/nothing."
    refused = client.post("/api/v1/feedback", "[]", content_type="application/json")
    assert refused.status_code == 401
    assert refused.json()["detail"] == "Authentication credentials were not provided."


def test_a_link_for_a_new_password_is_in_the_language_of_who_reads_it(client, db):
    builders.make_person(username="wren", language="de")
    client.post(reverse("account_reset_password"), {"email": "wren@example.org"})
    assert "Passwort" in mail.outbox[0].body
