"""Redis refuses, says nothing, or comes back: limits hold, and reporting goes on."""

import pytest
import redis
from django.conf import settings as configured
from redis.backoff import NoBackoff
from redis.retry import Retry

from feedback import limits
from feedback.limits import AWAY, DRAW, Limit, Limiter, limiter
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import generation
from tests.silence import refusing_port, silent_port

LIMIT = Limit(rate=1, burst=100)


class Clock:
    """A clock that stands until it is set."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(params=["refusing", "silent"])
def away(request):
    """The address of a Redis that is away."""
    with silent_port() as silent:
        port = silent if request.param == "silent" else refusing_port()
        yield f"redis://127.0.0.1:{port}/0"


def test_a_bucket_of_the_process_takes_over_at_once(away, caplog):
    limited = Limiter(away, Clock())
    ask, asked = limited._draw, []

    def counted(**told):
        asked.append(told)
        return ask(**told)

    limited._draw = counted
    told = [limited.draw(1, 30, LIMIT).let_in for _ in range(500)]
    assert told == [True] * 3 + [False] * 497
    assert limited.draw(2, 100, LIMIT).let_in  # another key has its own
    assert len(asked) == 1  # a silent one costs 50 ms each time it is asked
    assert len([line for line in caplog.messages if "does not answer" in line]) == 1


def test_asking_each_time_would_fail_or_wait():
    """Negative control: without the bucket of the process this is an outage."""
    with silent_port() as port:
        client = redis.Redis(port=port, socket_timeout=0.05, retry=Retry(NoBackoff(), 0))
        with pytest.raises(redis.RedisError):
            client.register_script(DRAW)(keys=["x"], args=[1, 1, 1, "may be"])


def test_it_goes_back_to_redis(monkeypatch):
    monkeypatch.setattr(limits, "SLOWEST", 10)
    shared = redis.Redis.from_url(configured.CELERY_BROKER_URL)
    shared.flushdb()
    clock = Clock()
    limited = Limiter(configured.CELERY_BROKER_URL, clock)
    real, asked = limited._draw, []

    def refuse(**_):
        asked.append(clock.now)
        raise redis.ConnectionError("refused")

    limited._draw = refuse
    assert limited.draw(1, 100, LIMIT).let_in
    assert not limited.draw(1, 100, LIMIT).let_in
    clock.now = AWAY + 0.1
    assert not limited.draw(1, 100, LIMIT).let_in
    assert asked == [0.0, clock.now]  # once, and once more when it was time
    limited._draw = real
    clock.now += AWAY + 0.1
    assert limited.draw(1, 100, LIMIT).let_in  # a full bucket: that of Redis
    assert shared.exists("emend:ingest-limit:1")


@pytest.mark.django_db
def test_reports_are_stored_and_limited_while_redis_is_away(client, settings, away):
    settings.CELERY_BROKER_URL = away
    settings.INGEST_RATE, settings.INGEST_BURST = 0.01, 2
    limiter.cache_clear()
    secret = make_ingest_key(make_project())[1]
    statuses = [
        client.post(
            "/api/v1/feedback",
            generation(id=f"g-{number}"),
            content_type="application/json",
            headers={"X-API-Key": secret},
        ).status_code
        for number in range(3)
    ]
    assert statuses == [201, 201, 429]
