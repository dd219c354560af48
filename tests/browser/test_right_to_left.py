"""The main pages, read from right to left: nothing runs over the edge, and code stays as it is."""

import os
from pathlib import Path

import pytest

from config.demo.load import load
from governance.models import User
from lib.clock import now
from tests.browser.conftest import SIZES
from tests.browser.demo_pages import paths_of_the_demo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

PAGES = {
    "maren": [
        "overview",
        "reviews:queue",
        "curation:dataset",
        "reviews:guidelines",
        "reviews:team",
    ],
    "wren": ["reviews:task", "reviews:inbox", "reviews:keys", "account_change_password"],
    "tamsin": ["deployments:promotion", "deployments:models", "governance:ledger"],
}
PICTURES = os.environ.get("EMEND_PICTURES")  # a folder, for whoever wants to look
MEASURED = """() => {
  const code = [...document.querySelectorAll("pre, code, table.diff, .hash, .plot")];
  return {
    dir: document.documentElement.dir,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    turned: code.filter((each) => getComputedStyle(each).direction !== "ltr")
      .map((each) => each.outerHTML.slice(0, 90)),
  };
}"""


def test_main_pages_hold_from_right_to_left(open_page, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("he", "Hebrew")]
    load(now())
    User.objects.update(language="he")
    paths = paths_of_the_demo()
    faults = []
    for name, pages in PAGES.items():
        page = open_page(User.objects.get(username=name))
        for each in pages:
            page.set_viewport_size(SIZES["desktop"])
            page.goto(paths[each])
            for size, shape in SIZES.items():
                page.set_viewport_size(shape)
                found = page.evaluate(MEASURED)
                if found["dir"] != "rtl" or found["over"] > 0 or found["turned"]:
                    faults.append(f"{each} {size}: {found}")
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"{each.replace(':', '-')}-{size}.png")
    assert not faults, "\n".join(faults)
