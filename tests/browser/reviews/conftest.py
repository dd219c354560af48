"""A page that holds an item tells the server when it is left; not while the database is flushed."""

import pytest

LET_GO = """() => {
    document.querySelector("[data-lease]")?.remove();
    document.dispatchEvent(
        new CustomEvent("htmx:afterSettle", {detail: {target: document.body}}),
    );
}"""


@pytest.fixture
def open_page(open_page):
    pages = []

    def open_one(*args, **options):
        page = open_page(*args, **options)
        if options.get("java_script_enabled", True):
            pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.evaluate(LET_GO)
        page.wait_for_load_state("networkidle")
