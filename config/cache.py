"""From Redis's address to Django's CACHES."""

from typing import Any

import orjson


class JsonSerializer:
    """Values as JSON: whoever can write to Redis must not be able to make us run anything."""

    def dumps(self, value: Any) -> bytes:
        """The bytes to keep; a whole number as digits, so that Redis can count with it."""
        return orjson.dumps(value)

    def loads(self, data: bytes) -> Any:
        """The value in the bytes. Raises ValueError where something else wrote them."""
        return orjson.loads(data)


def from_url(url: str) -> dict[str, Any]:
    """A cache that gives up after a second: a page must not hang with its cache."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "json",  # nothing that an earlier version pickled is read
        "OPTIONS": {
            "serializer": "config.cache.JsonSerializer",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
        },
    }
