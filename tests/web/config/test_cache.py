"""The cache that runs in earnest: Redis, holding nothing that could be executed."""

import builtins
import pickle

import pytest
import redis
from django.core.cache import cache
from django.urls import reverse

from config.cache import from_url
from tests import builders

pytestmark = pytest.mark.django_db


class Planted:
    """What someone who can write to Redis would like us to unpickle."""

    def __reduce__(self):
        return (exec, ("import builtins; builtins.planted = True",))


@pytest.fixture
def in_redis(settings):
    settings.CACHES = {"default": from_url(settings.CELERY_BROKER_URL)}
    cache.clear()
    yield redis.Redis.from_url(settings.CELERY_BROKER_URL)
    cache.clear()


@pytest.mark.parametrize("value", [7, True, None, "text", [1.5, 2.25], {"a": [True]}])
def test_values_come_back_as_they_went(in_redis, value):
    cache.set("key", value, 60)
    assert cache.get("key", "nothing") == value


def test_it_counts(in_redis):
    cache.set("number", 1, 60)
    assert cache.incr("number", 4) == 5


def test_nothing_that_was_planted_is_run(in_redis):
    in_redis.set(cache.make_key("key"), pickle.dumps(Planted()))
    with pytest.raises(ValueError):  # noqa: PT011  the parser's own
        cache.get("key")
    assert not hasattr(builtins, "planted")


def test_what_json_cannot_say_is_refused(in_redis):
    with pytest.raises(TypeError):
        cache.set("key", Planted(), 60)


def test_wrong_passwords_are_counted_in_it(client, in_redis):
    person = builders.make_person()
    told = {"login": person.username, "password": "wrong"}
    for _ in range(5):
        client.post(reverse("account_login"), told)
    kept = [key for key in in_redis.keys() if b"login_failed" in key]  # noqa: SIM118  not a dict
    assert kept
    assert all(in_redis.get(key).startswith(b"[") for key in kept)
    answer = client.post(reverse("account_login"), told | {"password": "correct horse battery"})
    assert "Too many failed login attempts" in answer.text
