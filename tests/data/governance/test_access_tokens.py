"""Access tokens: shown once, live a while, act as their person."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from governance.authentication import TokenAuthentication
from governance.models import AccessToken
from governance.tokens import TokenUnknown, make_token, revoke_token, token_for
from lib.clock import now
from tests import builders

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


def make(user=None):
    return make_token(user or builders.make_person(), "notebook", MONTH, now())


def authenticate(header):
    request = Request(APIRequestFactory().get("/", headers={"Authorization": header}))
    return TokenAuthentication().authenticate(request)


def test_the_secret_is_not_stored():
    token, secret = make()
    assert secret.startswith(token.prefix)
    stored = AccessToken.objects.values_list().get(pk=token.pk)
    assert all(secret not in str(value) for value in stored)


def test_a_token_finds_its_person():
    token, secret = make()
    assert token_for(secret, now()).user == token.user
    assert authenticate(f"Bearer {secret}") == (token.user, token)


def test_an_expired_token_is_unknown():
    token, secret = make()
    assert token_for(secret, token.expires_at - timedelta(seconds=1))
    with pytest.raises(TokenUnknown):
        token_for(secret, token.expires_at)


def test_a_revoked_token_is_unknown_and_keeps_its_first_time():
    token, secret = make()
    first = now()
    revoke_token(token, first)
    revoke_token(token, first + MONTH)
    token.refresh_from_db()
    assert token.revoked_at == first
    with pytest.raises(TokenUnknown):
        token_for(secret, now())


def test_the_token_of_someone_who_left_is_unknown():
    token, secret = make()
    token.user.is_active = False
    token.user.save(update_fields=["is_active"])
    with pytest.raises(AuthenticationFailed):
        authenticate(f"Bearer {secret}")


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense", "bearer emt_\udcff", "Bearer a b"])
def test_a_wrong_token_is_refused_not_an_error(header):
    request = Request(APIRequestFactory().get("/"))
    request.META["HTTP_AUTHORIZATION"] = header.encode("latin-1", "replace")
    with pytest.raises(AuthenticationFailed):
        TokenAuthentication().authenticate(request)


def test_no_token_leaves_the_question_to_the_session():
    request = Request(APIRequestFactory().get("/"))
    assert TokenAuthentication().authenticate(request) is None


def test_an_ingest_key_is_no_access_token():
    project = builders.make_project()
    _, secret = builders.make_ingest_key(project)
    with pytest.raises(AuthenticationFailed):
        authenticate(f"Bearer {secret}")


def test_a_token_that_never_lived_is_refused_by_the_table():
    with pytest.raises(IntegrityError):
        make_token(builders.make_person(), "x", timedelta(0), now())
