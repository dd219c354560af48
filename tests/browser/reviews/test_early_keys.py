"""Keys pressed before the page's scripts are there: reading is caught up, nothing is decided."""

import pytest
from playwright.sync_api import expect

from lib.clock import now
from reviews import queue
from reviews.models import ReviewTask, Verdict
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)
LINES = "".join(f"line_{n} = {n}\n" for n in range(40))
CHANGED = LINES.replace("line_3 = 3", "line_3 = 4").replace("line_30 = 30", "line_30 = 31")


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project):
    return make_reviewer(project)


def opened_slowly(page, path, ready):
    """The page as it is drawn, and its key scripts still on their way: call to let them come."""
    held = []
    page.route("**/js/review_keys*.js", lambda route: held.append(route), times=1)
    page.goto(path, wait_until="commit")
    page.wait_for_selector(ready)
    while not held:
        page.wait_for_timeout(20)
    return held[0].continue_


def an_item(project, reviewer):
    make_task(project, output=LINES, ideal=CHANGED)
    task = queue.claim(project, reviewer, now())
    return f"/p/{project.slug}/review/{task.pk}/"


def test_moving_is_caught_up_with(open_page, project, reviewer):
    page = open_page(reviewer)
    go_on = opened_slowly(page, an_item(project, reviewer), "#decision")
    page.keyboard.press("n")
    page.keyboard.press("j")
    page.keyboard.press("w")
    expect(page.locator(".is-cursor")).to_have_count(0)
    go_on()
    expect(page.locator(".is-cursor .l .no")).to_have_text("5")
    expect(page.get_by_role("heading", name="Differences to show")).to_be_visible()


@pytest.mark.parametrize("key", ["a", "s", "e", "r", "f", "Control+Enter"])
def test_nothing_is_decided_by_a_key_that_came_too_early(open_page, project, reviewer, key):
    page = open_page(reviewer)
    go_on = opened_slowly(page, an_item(project, reviewer), "#decision")
    page.keyboard.press("n")
    page.keyboard.press(key)
    page.keyboard.press("n")
    go_on()
    expect(page.locator("#messages")).to_contain_text("A key came before the page was ready")
    expect(page.locator(".is-cursor .l .no")).to_have_text("4")
    expect(page.locator("[data-fix]")).not_to_have_attribute("open", "")
    assert not Verdict.objects.exists()
    page.keyboard.press("n")
    expect(page.locator(".is-cursor .l .no")).to_have_text("31")


def test_what_is_typed_early_into_a_field_stays_there(open_page, project, reviewer):
    page = open_page(reviewer)
    go_on = opened_slowly(page, an_item(project, reviewer), "#decision")
    page.locator("#note").focus()
    page.keyboard.type("jan")
    go_on()
    page.wait_for_load_state("load")
    expect(page.locator("#note")).to_have_value("jan")
    expect(page.locator(".is-cursor")).to_have_count(0)


def test_enter_on_the_queue_page_starts_a_moment_later(open_page, project, reviewer):
    make_tasks(project, 2)
    page = open_page(reviewer)
    go_on = opened_slowly(page, f"/p/{project.slug}/review/", ".queue-table")
    page.keyboard.press("Enter")
    go_on()
    page.wait_for_selector("#decision")
    shown = page.locator("[data-workspace]").get_attribute("data-task")
    assert ReviewTask.objects.get(pk=shown).leased_to == reviewer
