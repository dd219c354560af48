"""Tier marks by folder, no internet, and a flush that append-only tables let through."""

import os
import socket
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from tests.emptying import may_empty

TESTS = Path(__file__).parent
SHARED = TESTS.parents[1] / "shared"
TIERS = ("unit", "data", "web", "concurrency", "faults", "browser", "sdks")


LONGEST = (  # begun last, they would keep all others waiting
    "test_every_page_holds_for_everyone",
    "test_what_was_acknowledged_is_stored_once_after_two_hundred_kills",
)


@pytest.hookimpl(trylast=True)  # after they were shuffled
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.name not in LONGEST)
    for item in items:
        tier = Path(item.path).relative_to(TESTS).parts[0]
        if tier in TIERS:
            item.add_marker(getattr(pytest.mark, tier))
        if "shared" in item.fixturenames:
            item.add_marker(pytest.mark.shared)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Copy the database that has every migration (tests/migrated.py), where it is ours."""
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get("EMEND_TEST_TEMPLATE")


@pytest.fixture(autouse=True)
def no_internet(monkeypatch):
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def only_here(self, address):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)


@pytest.fixture(autouse=True)
def empty_cache():
    """Forget what the last test counted: logins are limited by a rate kept in the cache."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def flush_may_erase():
    """Let the flush after a transactional test truncate append-only tables; nothing else may."""
    tear_down = TransactionTestCase._fixture_teardown

    def allowed(self):
        with connection.cursor() as cursor:
            # a request of the page that was just closed may be under way; it is waited for
            cursor.execute("SET lock_timeout = '60s'")
        try:
            with may_empty():
                tear_down(self)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")

    TransactionTestCase._fixture_teardown = allowed
    yield
    TransactionTestCase._fixture_teardown = tear_down


@pytest.fixture(scope="session")
def shared():
    """The folder ../shared; absent on a user's machine, required in CI."""
    if not SHARED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("../shared is missing, and CI must not skip what reads it")
        pytest.skip("reads ../shared, which is not on this machine")
    return SHARED
