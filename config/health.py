"""Whether this process is up, and whether it is ready for work.

A middleware, first in the list: a load balancer asks in plain HTTP, by an address that is in no
list of hosts, and must not be sent elsewhere.
"""

import logging
from collections.abc import Callable
from functools import cache

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

OK = "ok"
SILENT = "does not answer"
TIMEOUT = 2  # seconds, each part


class HealthMiddleware:
    """Answers /healthz and /readyz, and leaves everything else alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers = {"/healthz": is_up, "/readyz": is_ready}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answers.get(request.path_info)
        if answer is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = answer()
        response["Cache-Control"] = "no-store"
        return response


def is_up() -> HttpResponse:
    """The process answers; whether its servers do is `is_ready`'s question."""
    return JsonResponse({"process": OK})


def is_ready() -> HttpResponse:
    """200 if every part is in order, else 503; the reasons for operators are in the log."""
    found = parts()
    return JsonResponse(found, status=200 if set(found.values()) == {OK} else 503)


def parts() -> dict[str, str]:
    """What is in order and what is not, in words that name no address."""
    return {**_database(), "broker": _broker()}


def _database() -> dict[str, str]:
    """On a connection of its own: a full pool is no reason to be taken out of service."""
    params = connection.get_connection_params()
    wanted = ("dbname", "host", "port", "user", "password", "sslmode", "sslrootcert")
    named = {name: params[name] for name in wanted if params.get(name)}
    options = f"-c statement_timeout={TIMEOUT}s"
    try:
        with psycopg.connect(connect_timeout=TIMEOUT, options=options, **named) as own:
            return {"database": OK, "migrations": _migrations(own)}
    except psycopg.Error:
        logger.warning("The database does not answer", exc_info=True)
        return {"database": SILENT, "migrations": "unknown, because the database does not answer"}


def _migrations(own: "psycopg.Connection[tuple[str, str]]") -> str:
    table = own.execute("SELECT to_regclass('django_migrations')").fetchone()
    if table is None or table[0] is None:
        return "none are applied"
    missing = _known_migrations() - set(own.execute("SELECT app, name FROM django_migrations"))
    return f"{len(missing)} are not applied" if missing else OK


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _broker() -> str:
    once = Retry(NoBackoff(), 0)
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_timeout=TIMEOUT / 2,
        socket_connect_timeout=TIMEOUT / 2,
        retry=once,
    )
    try:
        with client:
            client.ping()
    except redis.RedisError:
        logger.warning("The broker does not answer", exc_info=True)
        return SILENT
    return OK
