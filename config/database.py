"""From a connection address to Django's DATABASES."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

# A request that holds a transaction longer than this is broken. The intake's overlap
# (curation.intake) is chosen to be longer than any of them.
TIMEOUTS = "-c statement_timeout=60s -c idle_in_transaction_session_timeout=60s -c lock_timeout=10s"


def from_url(url: str, *, pool_size: int = 0, prepares: bool = True) -> dict[str, Any]:
    """One entry of DATABASES; `pool_size` connections are shared by this process's threads.

    `prepares`: what lib.statements asks is planned once for a connection, not each time.
    """
    parts = dict(conninfo_to_dict(url))
    named = {
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
    }
    options: dict[str, Any] = {**parts, "options": f"{parts.get('options', '')} {TIMEOUTS}".strip()}
    if prepares:
        options["options"] += " -c plan_cache_mode=force_generic_plan"
        options["prepare_threshold"] = 5  # psycopg's own; no cursor of Django's prepares
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {"ENGINE": "django.db.backends.postgresql", **named, "OPTIONS": options}
