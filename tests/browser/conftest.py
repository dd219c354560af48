"""A real Chromium against a live server. A page that breaks our own rules fails its test.

Those rules: no script error, nothing that the content security policy refuses, no request that
leaves this machine.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tests.browser.traffic import Traffic

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALL = (
    "no Chromium was found. Install one: `apt-get install chromium` on Debian and Ubuntu,"
    " `brew install --cask chromium` or Google Chrome on macOS; or name its program in"
    " EMEND_CHROMIUM."
)
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
STORED = "local_storage,indexeddb,cache_storage,service_workers"
# A page that is slow because the machine is busy is not a page that is wrong
expect.set_options(timeout=20_000)
# Chromium says this for every 4xx and 5xx answer, which tests provoke on purpose
AN_ERROR_STATUS = "Failed to load resource"


def find_chromium():
    """The program to run, or None."""
    named = os.environ.get("EMEND_CHROMIUM")
    found = [shutil.which(name) for name in ([named] if named else NAMES)]
    return next((path for path in [*found, *MACOS] if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run."""
    program = find_chromium()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    # Playwright keeps an event loop running in this thread; Django would refuse the ORM in it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET + sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(chromium, live_server, django_db_blocker):
    """Contexts to use again, by how they were made: a new one costs a second of CPU."""
    free = {}
    yield free
    for contexts in free.values():
        for context in contexts:
            context.close()
    with django_db_blocker.unblock():
        end_other_sessions()


def end_other_sessions():
    """Threads that answered the windows keep their connections a while; none may outlive them.

    The database of the run is dropped next, and cannot be while somebody is connected.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()


@pytest.fixture(scope="session")
def traffic():
    """Connected for the whole run: a request of one test may end in the next."""
    traffic = Traffic()
    request_started.connect(traffic.begins)
    request_finished.connect(traffic.ends)
    yield traffic
    request_started.disconnect(traffic.begins)
    request_finished.disconnect(traffic.ends)


@pytest.fixture
def open_page(chromium, live_server, windows, traffic):
    """Open a page of its own session: `open_page(user, size="phone", scheme="dark")`.

    `page.goto("/p/…")` is relative to the live server. Options that Playwright's contexts know
    (`java_script_enabled=False`) pass through. `page.complaints` lists what broke our rules.
    Nothing of an earlier page is there but files in the browser's cache; not with `fresh`.
    """
    contexts, pages = [], []

    def new(size, scheme, options):
        return chromium.new_context(
            base_url=live_server.url,
            viewport=SIZES[size],
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )

    def open_one(user=None, size="desktop", scheme="light", fresh=False, **options):
        like = (size, scheme, repr(sorted(options.items())))
        free = [] if fresh else windows.setdefault(like, [])
        context = free.pop() if free else new(size, scheme, options)
        context.set_default_timeout(30_000)
        contexts.append((context, free, fresh))
        page = emptied(context, live_server.url)
        if user is not None:
            context.add_cookies([session_of(user, live_server.url)])
        watch(page)
        pages.append(page)
        return page

    yield open_one
    for context, free, fresh in contexts:
        for page in context.pages:
            page.close()
        context.close() if fresh else free.append(context)
    traffic.dies_down()
    assert [complaint for page in pages for complaint in page.complaints] == []


def emptied(context, url):
    """A page in the context, of which nobody has ever been here."""
    context.clear_cookies()
    context.set_offline(False)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": STORED})
    session.detach()
    return page


@pytest.fixture
def page(open_page):
    """A desktop page that nobody is logged in to."""
    return open_page()


def session_of(user, url):
    """The cookie of a session in which `user` is logged in."""
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": url}


def watch(page):
    """Keep what broke our rules in `page.complaints`."""
    page.complaints = complaints = []

    def of_console(message):
        if message.type == "error" and not message.text.startswith(AN_ERROR_STATUS):
            complaints.append(f"console: {message.text}")

    def of_request(request):
        if urlsplit(request.url).hostname not in (None, "localhost", "127.0.0.1"):
            complaints.append(f"left this machine: {request.url}")

    page.on("console", of_console)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("request", of_request)
