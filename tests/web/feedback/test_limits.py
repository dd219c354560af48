"""A key that reports too much is told when to come back; who would lose it is not refused."""

import json
from functools import partial

import pytest
import redis
from django.conf import settings as configured

from feedback import limits
from feedback.limits import Bucket, Limit, drawn, limiter
from feedback.models import Generation, Original
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import generation

URL = "/api/v1/feedback"
VIEW = {"type": "view", "choice_index": 0, "view_id": "v-1"}
LOG = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}] * 2}]}]}


@pytest.fixture(autouse=True)
def small(settings, monkeypatch):
    """A bucket of three that hardly refills; a Redis with time, and nothing in it yet."""
    settings.INGEST_RATE, settings.INGEST_BURST = 0.01, 3
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    monkeypatch.setattr(limits, "SLOWEST", 10)
    limiter.cache_clear()
    yield
    limiter.cache_clear()


@pytest.fixture
def post(client, db):
    secret = make_ingest_key(make_project())[1]
    return partial(
        client.post,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )


def batch(*ids):
    return json.dumps([generation(id=each) for each in ids])


def test_records_count_and_what_is_too_much_comes_back_later(post):
    first = post(URL, batch("a", "b"))
    assert first.status_code == 201
    assert first["RateLimit-Policy"] == '"records";q=3;w=300;qu="records"'
    assert first["RateLimit"] == '"records";r=1;t=200'
    refused = post(URL, batch("c", "d", "e"))
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["type"] == "urn:problem-type:emend:too-many-records"
    wait = int(refused["Retry-After"])
    assert 150 <= wait <= 200
    assert refused["RateLimit"].endswith(f";t={wait}")
    assert set(Generation.objects.values_list("client_id", flat=True)) == {"a", "b"}


def test_a_foreign_client_that_sends_again_gets_the_same(post):
    assert post("/ingest/otlp/v1/logs", json.dumps(LOG)).status_code == 200
    refused = post("/ingest/otlp/v1/logs", json.dumps(LOG))
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1
    assert refused["RateLimit"].startswith('"records";r=')


def test_one_that_never_sends_again_loses_nothing(post):
    """Negative control: the same key is over its limit for everybody else."""
    for number in range(5):
        event = json.dumps(VIEW | {"completion_id": f"c-{number}"})
        assert post("/ingest/tabby/v1/events", event).status_code == 200
    assert Original.objects.count() == 5
    assert post(URL, batch("a", "b", "c")).status_code == 429


def test_no_rate_is_no_limit(post, settings):
    settings.INGEST_RATE = 0
    answer = post(URL, batch("a", "b", "c", "d"))
    assert answer.status_code == 201
    assert "RateLimit" not in answer


@pytest.mark.parametrize("refusable", [True, False])
def test_redis_draws_as_the_pure_sums_do(refusable):
    limit, held = Limit(rate=1, burst=10_000_000), None
    ours = limits.Limiter(configured.CELERY_BROKER_URL)
    for cost in (4_000_000, 5_000_000, 3_000_000, 1_000_000, 20_000_000, 1):
        let_in, held = drawn(held, cost, limit, 0.0, refusable=refusable)
        told = ours.draw(7, cost, limit, refusable=refusable)
        assert told.let_in is let_in
        assert told.left == pytest.approx(max(0, held.left), abs=100)
    assert isinstance(held, Bucket)
    assert limiter("redis://127.0.0.1:1/0") is limiter("redis://127.0.0.1:1/0")
