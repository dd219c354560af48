"""A person's own addresses: whoever takes a session cannot move them, nor take another's."""

import pytest
from django.urls import reverse

from tests import builders

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
ADDRESS = "victim@example.org"


def add(client):
    return client.post(reverse("account_email"), {"action_add": "", "email": ADDRESS})


def stay(client, person):
    """Log in with the password and give it once more."""
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_nobody_takes_an_address_that_is_not_theirs(client):
    person = builders.make_person()
    stay(client, person)
    add(client)
    client.post(reverse("account_email"), {"action_primary": "", "email": ADDRESS})
    person.refresh_from_db()
    assert person.email != ADDRESS
    assert not person.emailaddress_set.filter(email=ADDRESS).exists()


def test_a_session_alone_moves_no_password_links(client):
    person = builders.make_person()
    client.force_login(person)
    client.get(reverse("account_email"))
    person.emailaddress_set.create(email=ADDRESS)
    choose = {"action_primary": "", "email": ADDRESS}
    assert reverse("account_reauthenticate") in client.post(reverse("account_email"), choose).url
    person.refresh_from_db()
    assert person.email != ADDRESS

    stay(client, person)
    client.post(reverse("account_email"), choose)
    person.refresh_from_db()
    assert person.email == ADDRESS
