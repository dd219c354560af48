"""A page that holds an item tells the server when it is left; not while the database is flushed."""

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as TookTooLong

LET_GO = """() => {
    window.dispatchEvent(new Event("pagehide"));
    document.querySelector("[data-lease]")?.remove();
    document.dispatchEvent(
        new CustomEvent("htmx:afterSettle", {detail: {target: document.body}}),
    );
}"""


OF_HTMX = "console: htmx:"


def noting(page, set_offline):
    """Go offline, and remember it: htmx then says of each request that it failed."""

    def noted(offline):
        page.went_offline = True
        set_offline(offline)

    return noted


@pytest.fixture
def open_page(open_page):
    pages = []

    def open_one(*args, **options):
        page = open_page(*args, **options)
        if options.get("java_script_enabled", True):
            pages.append(page)
            page.context.set_offline = noting(page, page.context.set_offline)
        return page

    yield open_one
    for page in pages:
        if getattr(page, "went_offline", False):
            page.complaints[:] = [each for each in page.complaints if not each.startswith(OF_HTMX)]
            page.context.set_offline(False)
        page.wait_for_load_state()  # a script on its way when routes end never comes
        page.unroute_all()
        if page.locator("[data-outbox]").count():
            page.wait_for_selector("html[data-unsent='0']", state="attached")
        page.evaluate(LET_GO)
        with suppress(TookTooLong):  # what is still under way ends with the page
            page.wait_for_load_state("networkidle", timeout=5_000)
        vars(page.context).pop("set_offline", None)  # the next test has the context again
