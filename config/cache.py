"""From Redis's address to Django's CACHES."""

from typing import Any


def from_url(url: str) -> dict[str, Any]:
    """A cache that gives up after a second: a page must not hang with its cache."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
