"""The diff at the keyboard: moving, folding, hiding, long files, findings; and without a script."""

import re

import pytest
from playwright.sync_api import expect

from curation.models import Vote
from lib.clock import now
from reviews import queue
from reviews.models import Verdict
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_task

DIFF = re.compile(r"/review/\d+/diff")
pytestmark = pytest.mark.django_db(transaction=True)

LONG = "".join(f"line_{n} = {n}\n" for n in range(100))
CHANGED = LONG.replace("= 50\n", "= fifty\n").replace("= 90\n", "=  90\n")
HUGE = "".join(f"value_{n} = compute({n}, 'some words')\n" for n in range(5_000))
ALL_NEW = HUGE.replace("compute", "reckon")


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project):
    return make_reviewer(project)


def open_item(page, project, reviewer, **changes):
    make_task(project, **changes)
    task = queue.claim(project, reviewer, now())
    # the page is there before all it asks for is
    page.goto(f"/p/{project.slug}/review/{task.pk}/", wait_until="domcontentloaded")
    return task


def stands_at(page, line):
    """Wait until the cursor is on the line of this address."""
    found = "id => document.querySelector('.is-cursor td[id]')?.id === id"
    page.wait_for_function(found, arg=line, timeout=20_000)


def test_moving_folding_and_hiding_without_a_mouse(open_page, project, reviewer):
    page = open_page(reviewer)
    open_item(page, project, reviewer, output=LONG, ideal=CHANGED)
    page.keyboard.press("n")
    stands_at(page, "output-51")
    page.keyboard.press("n")
    stands_at(page, "output-91")
    page.keyboard.press("k")
    stands_at(page, "output-90")
    page.keyboard.press("p")
    stands_at(page, "output-51")

    expect(page.locator("#ideal-20")).to_have_count(0)
    page.get_by_role("link", name="Show 47 lines").click()
    expect(page.locator("#ideal-20")).to_be_visible()
    page.get_by_role("link", name="Fold 47 lines").click()
    expect(page.locator("#ideal-20")).to_have_count(0)
    page.keyboard.press("x")
    expect(page.locator("#ideal-20")).to_have_count(1)
    stands_at(page, "output-51")
    page.keyboard.press("x")
    expect(page.locator("#ideal-20")).to_have_count(0)

    page.keyboard.press("w")
    page.get_by_role("button", name="Without formatting").click()
    expect(page.locator(".diff-tools", has_text="1 hidden")).to_be_visible()
    stands_at(page, "output-51")
    page.reload()
    expect(page.locator(".diff-tools", has_text="1 hidden")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("n")
    stands_at(page, "output-51")


def test_a_long_diff_keeps_nobody_waiting_and_comes_as_it_is_read(open_page, project, reviewer):
    page = open_page(reviewer)
    held = []
    page.route(DIFF, lambda route: held.append(route))
    task = open_item(page, project, reviewer, output=HUGE, ideal=ALL_NEW)
    expect(page.locator("#diff")).to_contain_text("A long diff")
    page.keyboard.press("2")
    expect(page.locator("#decision [name=category]:checked")).to_have_value("logic")
    page.wait_for_function("() => document.querySelector('[data-aside].htmx-request')")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.unroute(DIFF)
    expect(page.locator("#ideal-1")).to_be_visible()
    expect(page.locator("#ideal-2000")).to_have_count(0)
    page.goto(f"/p/{project.slug}/review/{task.pk}/#ideal-900")
    page.reload()
    expect(page.locator(".is-cursor #ideal-900")).to_be_in_viewport()

    page.route(DIFF, lambda route: held.append(route))
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("#diff")).to_contain_text("A long diff")
    with page.expect_response("**/decide*"):
        page.keyboard.press("2")
        page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Review queue")).to_be_visible()
    assert Verdict.objects.get(task=task).kind == "accept"


def found(task):
    common = {"line": 1, "column": 0, "message": "says something"}
    findings = [
        common | {"tool": "ruff", "rule": "S307", "side": "output", "state": "fixed"},
        common | {"tool": "bandit", "rule": "B307", "side": "output", "state": "fixed"},
        common | {"tool": "ruff", "rule": "F401", "side": "ideal", "state": "introduced"},
    ]
    evidence = {"findings": findings}
    Vote.objects.create(example=task.example, labeler="analysers", version=99, evidence=evidence)


@pytest.mark.parametrize("script", [True, False])
def test_findings_are_filtered_with_a_script_and_without(open_page, project, reviewer, script):
    page = open_page(reviewer, java_script_enabled=script)
    task = make_task(project)
    found(task)
    page.goto(f"/p/{project.slug}/review/{task.pk}/#findings")
    shown = page.locator("#findings .fi:visible")
    expect(shown).to_have_count(3)
    page.locator("#findings").get_by_role("link", name="bandit 1").click()
    if not script:
        page.goto(page.url.partition("#")[0] + "#findings")
    expect(shown).to_have_count(1)
    assert "tool=bandit" in page.url
    page.locator("#findings").get_by_role("link", name="1 introduced").click()
    if not script:
        page.goto(page.url.partition("#")[0] + "#findings")
    expect(shown).to_have_count(0)
    expect(page.locator(".none-passes")).to_be_visible()


def test_everything_is_a_link_or_a_button_without_a_script(open_page, project, reviewer):
    page = open_page(reviewer, java_script_enabled=False)
    task = make_task(project, output=LONG, ideal=CHANGED)
    page.goto(f"/p/{project.slug}/review/{task.pk}/")
    page.get_by_role("link", name="Show 47 lines").click()
    expect(page.locator("#ideal-20")).to_be_visible()
    page.get_by_role("link", name="Fold 47 lines").click()
    expect(page.locator("#ideal-20")).to_have_count(0)
    page.locator("summary", has_text="All differences").click()
    page.get_by_role("button", name="Without formatting").click()
    expect(page.locator(".diff-tools", has_text="1 hidden")).to_be_visible()

    long = make_task(project, output=HUGE, ideal=ALL_NEW)
    page.goto(f"/p/{project.slug}/review/{long.pk}/")
    page.get_by_role("link", name="Show the diff").click()
    expect(page.locator("#ideal-1")).to_be_visible()
    page.get_by_role("link", name="Show more of the").click()
    expect(page.locator("#ideal-401")).to_be_visible()
