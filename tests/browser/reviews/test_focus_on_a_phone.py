"""On a phone the decision's buttons stay below the item; what has the focus is never under them."""

import pytest
from playwright.sync_api import expect

from lib.clock import now
from reviews import queue
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db(transaction=True)

# Scrolls until a thing lies under the buttons, gives it the focus, and says whether it is covered.
COVERED = """() => {
  const dock = document.querySelector(".acts-dock");
  const found = [];
  for (const each of document.querySelectorAll("main a[href], .decide button, .decide input")) {
    if (dock.contains(each) || !each.checkVisibility({ visibilityProperty: true })) continue;
    scrollBy(0, each.getBoundingClientRect().bottom - innerHeight + 4);
    each.focus({ focusVisible: true });
    const box = (each.labels?.[0] ?? each).getBoundingClientRect();
    if (box.bottom > dock.getBoundingClientRect().top + 1) found.push(each.outerHTML.slice(0, 90));
    each.blur();
  }
  return found;
}"""


def test_nothing_with_the_focus_is_under_the_decision(open_page):
    project = make_project()
    reviewer = make_reviewer(project)
    make_task(project)
    task = queue.claim(project, reviewer, now())
    page = open_page(reviewer, size="phone")
    page.goto(f"/p/{project.slug}/review/{task.pk}/")
    expect(page.locator("#effect-lines")).to_be_visible()  # nothing moves any more
    assert page.evaluate(COVERED) == []
