"""Passwords are not guessed here."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_history():
    cache.clear()
    yield
    cache.clear()


def guess(client, login, password="wrong", **extra):
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


def test_the_sixth_wrong_password_for_an_account_waits_even_from_elsewhere(client):
    person = builders.make_person()
    for number in range(5):
        answer = guess(client, person.username, REMOTE_ADDR=f"10.0.0.{number}")
        assert answer.status_code == 200
    for address in ("10.0.0.1", "10.0.0.99"):
        answer = guess(client, person.username, "correct horse battery", REMOTE_ADDR=address)
        assert "_auth_user_id" not in client.session
        assert "Too many failed login attempts" in answer.text


def test_many_accounts_from_one_address_wait_too(client):
    people = [builders.make_person() for _ in range(12)]
    answers = [guess(client, person.username) for person in people]
    assert "Too many failed login attempts" not in answers[9].text
    assert "Too many failed login attempts" in answers[10].text


def test_very_many_logins_get_429_in_our_look(client):
    for _ in range(30):
        guess(client, "x")
    answer = guess(client, "x")
    assert answer.status_code == 429
    assert "That was too often" in answer.text


def test_the_admin_has_the_same_door(client):
    answer = client.get("/admin/")
    assert answer.status_code == 302
    door = client.get(answer.url)
    assert door.url.startswith(reverse("account_login"))
    person = builders.make_person(is_staff=True)
    posted = client.post(
        "/admin/login/", {"username": person.username, "password": "correct horse battery"}
    )
    assert posted.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_a_right_password_counts_for_nothing(client):
    person = builders.make_person()
    for _ in range(7):
        assert guess(client, person.username, "correct horse battery").status_code == 302
        client.logout()
