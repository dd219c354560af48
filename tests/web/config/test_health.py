import time

import pytest
from django.db import connection

from tests.silence import refusing_port, silent_port

IN_ORDER = {"database": "ok", "migrations": "ok", "broker": "ok"}


@pytest.fixture
def at_port(settings):
    """Point the broker or the database at a port of this machine."""

    def point(part, port):
        if part == "broker":
            settings.CELERY_BROKER_URL = f"redis://:hush-hush@127.0.0.1:{port}/0"
        else:
            connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(port)}

    kept = dict(connection.settings_dict)
    yield point
    connection.settings_dict |= kept


def test_a_process_that_answers_is_up(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"process": "ok"})


@pytest.mark.django_db
def test_it_is_ready_when_every_part_is_in_order(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, IN_ORDER)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["broker", "database"])
@pytest.mark.parametrize("kind", ["refusing", "silent"])
def test_a_part_that_does_not_answer_is_named_soon_and_without_secrets(client, at_port, part, kind):
    with silent_port() as silent:
        at_port(part, silent if kind == "silent" else refusing_port())
        begun = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - begun < 4
    assert answer.status_code == 503
    assert answer.json()[part] == "does not answer"
    assert "hush-hush" not in answer.text
    assert "127.0.0.1" not in answer.text
    others = {"broker"} if part == "database" else {"database", "migrations"}
    assert {other: answer.json()[other] for other in others} == dict.fromkeys(others, "ok")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_not_applied_is_counted(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reviews' RETURNING app, name")
        removed = cursor.fetchall()
        try:
            answer = client.get("/readyz")
        finally:
            cursor.executemany(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", removed
            )
    assert answer.status_code == 503
    assert answer.json() == IN_ORDER | {"migrations": f"{len(removed)} are not applied"}


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_load_balancer_is_answered_whatever_it_calls_us(client, settings, address, db):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(address, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert client.get("/accounts/login/").status_code == 301, "the control: other pages do redirect"


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_they_are_only_read(client, address):
    assert client.post(address).status_code == 405
