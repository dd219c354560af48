"""How much an ingest key may report: a bucket of records that refills at a steady rate.

The bucket is in Redis, so that all web processes draw from one. Where Redis refuses or takes
longer than it may, each process draws from a bucket of its own with the same numbers, at once,
and asks Redis again a little later.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import ceil
from threading import Lock

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

SLOWEST = 0.05  # seconds that Redis may take
AWAY = 5.0  # seconds until Redis is asked again; one request in these pays for asking

# a sibling of `drawn`: the same sums with the clock of Redis, which all web servers share
DRAW = """
local rate, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local held = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = burst
if held[1] then
  left = math.min(burst, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * rate)
end
local let_in = left >= math.min(cost, burst)
if let_in then
  left = left - cost
elseif ARGV[4] == 'never' then
  left = math.min(left, 0)
  let_in = true
end
redis.call('HSET', KEYS[1], 'left', string.format('%.6f', left), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - left) / rate * 1000) + 1000)
return {let_in and 1 or 0, string.format('%.6f', left)}
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """Records a second, and how many may come at once."""

    rate: int
    burst: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many records were left in it, and when, in seconds; below zero is a debt."""

    left: float
    at: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """Whether the records are let in, how many more would be, and in how many seconds."""

    let_in: bool
    left: int
    wait: int  # until these records would be let in; 0 where they are
    full: int  # until the bucket is full


def drawn(
    held: Bucket | None, cost: int, limit: Limit, now: float, *, refusable: bool
) -> tuple[bool, Bucket]:
    """Whether `cost` records are let in, and the bucket after that.

    More than the bucket holds is let in when it is full, and leaves a debt: a big request waits
    and is not refused for ever. What may not be refused takes what there is and leaves no debt.
    """
    left = float(limit.burst)
    if held:
        left = min(left, held.left + max(0.0, now - held.at) * limit.rate)
    if left >= min(cost, limit.burst):
        return True, Bucket(left - cost, now)
    return not refusable, Bucket(left if refusable else min(left, 0.0), now)


class Limiter:
    """Draws from buckets in Redis or, while Redis is away, in this process."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._draw = redis.Redis.from_url(
            url,
            socket_timeout=SLOWEST,
            socket_connect_timeout=SLOWEST,
            retry=Retry(NoBackoff(), 0),
        ).register_script(DRAW)
        self._clock = clock
        self._lock = Lock()
        self._own: dict[int, Bucket] = {}
        self._away_until: float | None = None

    def draw(self, key_id: int, cost: int, limit: Limit, *, refusable: bool = True) -> Drawn:
        """Draw `cost` records for a key. Never raises, and never waits longer than SLOWEST."""
        if self._asks():
            try:
                return self._from_redis(key_id, cost, limit, refusable)
            except redis.RedisError as error:
                self._left_alone(error)
        with self._lock:
            held, now = self._own.get(key_id), self._clock()
            let_in, bucket = drawn(held, cost, limit, now, refusable=refusable)
            self._own[key_id] = bucket
        return _told(let_in, bucket.left, cost, limit)

    def _asks(self) -> bool:
        """Whether to ask Redis: of those that come while it is away, one every AWAY seconds."""
        if self._away_until is None:
            return True
        with self._lock:
            now = self._clock()
            if self._away_until is None or now < self._away_until:
                return self._away_until is None
            self._away_until = now + AWAY
            return True

    def _from_redis(self, key_id: int, cost: int, limit: Limit, refusable: bool) -> Drawn:
        args = [limit.rate, limit.burst, cost, "may be" if refusable else "never"]
        let_in, left = self._draw(keys=[f"emend:ingest-limit:{key_id}"], args=args)
        if self._away_until is not None:
            with self._lock:
                self._away_until = None
                self._own.clear()
            log.warning("Redis answers again: ingest keys are limited for all processes together")
        return _told(bool(let_in), float(left), cost, limit)

    def _left_alone(self, error: redis.RedisError) -> None:
        with self._lock:
            known, self._away_until = self._away_until, self._clock() + AWAY
        if known is None:
            log.warning(
                "Redis does not answer: each process limits ingest keys by itself (%s)",
                type(error).__name__,
            )


@cache
def limiter(url: str) -> Limiter:
    """This process's limiter for the Redis at an address."""
    return Limiter(url)


def _told(let_in: bool, left: float, cost: int, limit: Limit) -> Drawn:
    missing = 0.0 if let_in else min(cost, limit.burst) - left
    return Drawn(
        let_in,
        left=max(0, int(left)),
        wait=0 if let_in else max(1, ceil(missing / limit.rate)),
        full=ceil((limit.burst - left) / limit.rate),
    )
