"""An event on disk that always takes the database too long keeps nobody else waiting for ever."""

import pytest
from django.db import OperationalError, connection, transaction

from feedback import masks, originals, spooling
from feedback.clients import continue_dev
from feedback.models import Generation, Original, Quarantined
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.crashing import suggestion

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(settings, tmp_path):
    settings.SPOOL_DIR, settings.SPOOL_BYTES = tmp_path, 10_000_000
    spooling._tried.clear()
    made = make_ingest_key(make_project())[0]
    masks.policy_for(made.project_id)  # a process that knows the key has asked
    yield made
    spooling.spool.cache_clear()


@pytest.fixture
def slow(monkeypatch):
    """Whatever mentions poison takes longer than a statement may; how often that was tried."""
    tries, keep = [], originals.keep

    def kept(key, client, items, at):
        if any("poison" in str(item.records) for item in items):
            tries.append(at)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '20ms'")
                cursor.execute("SELECT pg_sleep(5)")
        return keep(key, client, items, at)

    monkeypatch.setattr(originals, "keep", kept)
    return tries


def put(key, *texts):
    for text in texts:
        spooling.put(key, "continue", [continue_dev.item(suggestion(text), now())], now())


def look():
    """How many were stored; None where the keeper goes on another time."""
    try:
        return spooling.drain(now())
    except OperationalError:
        return None


def texts():
    return set(Generation.objects.values_list("output__text", flat=True))


def test_it_goes_into_quarantine_and_what_is_behind_it_is_stored(key, slow, tmp_path):
    put(key, "a = 1", "poison = 1", "b = 1")
    assert [look() for _ in range(spooling.TRIES)] == [None] * (spooling.TRIES - 1) + [3]
    assert texts() == {"a = 1", "b = 1"}
    assert "QueryCanceled" in Quarantined.objects.get().reason
    assert Original.objects.count() == 3
    assert len(slow) == spooling.TRIES
    assert list(tmp_path.iterdir()) == []
    assert not spooling._tried


def test_one_slow_moment_sends_nothing_into_quarantine(key, slow, monkeypatch):
    put(key, "poison = 1")
    assert look() is None
    monkeypatch.undo()
    assert look() == 1
    assert texts() == {"poison = 1"}
    assert not Quarantined.objects.exists()


def test_what_is_too_slow_even_there_is_set_aside_and_kept(key, monkeypatch, tmp_path):
    keep = originals.keep

    def kept(key, client, items, at):
        if any("poison" in str(item) for item in items):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '20ms'")
                cursor.execute("SELECT pg_sleep(5)")
        return keep(key, client, items, at)

    monkeypatch.setattr(originals, "keep", kept)
    put(key, "poison = 1", "b = 1")
    assert [look() for _ in range(spooling.TRIES)][-1] == 1
    assert texts() == {"b = 1"}
    [file] = tmp_path.iterdir()
    assert file.suffix == ".damaged"
    assert b"poison" in file.read_bytes()
