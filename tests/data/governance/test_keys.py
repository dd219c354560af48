"""Ingest keys: which still work, when they were used, and what that costs a report."""

from datetime import timedelta

import pytest

from governance.keys import KeyEnded, KeyUnknown, key_for, revoke_key, rotate_key
from governance.models import IngestKey
from lib.clock import now
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    project = builders.make_project()
    return (*builders.make_ingest_key(project), builders.make_admin(project))


def test_both_keys_work_until_the_old_one_ends(made):
    old, secret, admin = made
    new, new_secret = rotate_key(old, timedelta(hours=1), admin, now())
    assert [key_for(each).pk for each in (secret, new_secret)] == [old.pk, new.pk]
    assert (new.name, new.project_id) == (old.name, old.project_id)
    IngestKey.objects.filter(pk=old.pk).update(ends_at=builders.ago(seconds=1))
    with pytest.raises(KeyUnknown):
        key_for(secret)
    assert key_for(new_secret).pk == new.pk


def test_a_revoked_key_is_not_rotated(made):
    key, _, admin = made
    revoke_key(key, admin, now())
    with pytest.raises(KeyEnded):
        rotate_key(key, timedelta(hours=1), admin, now())
    assert IngestKey.objects.count() == 1


def used(secret, django_assert_num_queries, statements):
    with django_assert_num_queries(statements):
        key = key_for(secret)
    return IngestKey.objects.get(pk=key.pk).last_used_at


def test_a_use_is_written_once_a_minute(made, django_assert_num_queries):
    key, secret, _ = made
    first = used(secret, django_assert_num_queries, 2)
    assert first is not None
    assert used(secret, django_assert_num_queries, 1) == first
    past = builders.ago(seconds=61)
    IngestKey.objects.filter(pk=key.pk).update(last_used_at=past)
    assert used(secret, django_assert_num_queries, 2) > past


def test_an_unknown_key_writes_nothing(made, django_assert_num_queries):
    with django_assert_num_queries(1), pytest.raises(KeyUnknown):
        key_for("emk_wrong")
