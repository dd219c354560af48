"""Many processes draw from one bucket: together no more than it holds."""

import json

import redis
from django.conf import settings

from feedback import limits
from feedback.limits import Bucket, Limit, Limiter, drawn
from tests.race import together

LIMIT = Limit(rate=0.01, burst=100)
THREADS, DRAWS = 8, 40


def let_in(draw):
    """How many of all draws are let in, each thread with a limiter of its own, like a process."""

    def some():
        one = draw()
        return sum(one() for _ in range(DRAWS))

    return sum(together(*[some] * THREADS))


def test_what_is_let_in_is_what_the_bucket_holds(monkeypatch):
    monkeypatch.setattr(limits, "SLOWEST", 10)
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()

    def draw():
        limiter = Limiter(settings.CELERY_BROKER_URL)
        return lambda: limiter.draw(1, 1, LIMIT).let_in

    assert let_in(draw) == LIMIT.burst


def test_reading_and_writing_apart_lets_more_in():
    """Negative control: the same sums in two steps."""
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    client.flushdb()

    def in_two_steps():
        held = client.get("apart")
        told, bucket = drawn(
            Bucket(json.loads(held), 0.0) if held else None, 1, LIMIT, 0.0, refusable=True
        )
        client.set("apart", json.dumps(bucket.left))
        return told

    assert let_in(lambda: in_two_steps) > LIMIT.burst
