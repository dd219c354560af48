"""Keys that a person chose, keys switched off, and every place and act by its name."""

import pytest
from playwright.sync_api import expect

from reviews.models import Verdict
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project):
    return make_reviewer(project)


def start(page, project):
    page.goto(f"/p/{project.slug}/review/")
    page.locator("[data-act=take]").click()
    page.wait_for_selector("#decision")
    page.wait_for_load_state("load")


def test_a_key_is_set_by_pressing_it_and_does_its_act(open_page, project, reviewer):
    make_tasks(project, 2)
    page = open_page(reviewer)
    page.goto("/account/keys/")
    field = page.get_by_label("Accept the developer's correction")
    field.focus()
    page.keyboard.press("Alt+y")
    expect(field).to_have_value("Alt+y")
    page.get_by_role("button", name="Keep these keys").click()
    start(page, project)
    expect(page.get_by_role("button", name="Accept Alt Y")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("y")
    page.wait_for_timeout(200)
    assert not Verdict.objects.exists()
    page.keyboard.press("Alt+y")
    expect(page.locator(".done-toast")).to_be_visible()


def test_with_bare_keys_off_a_stray_letter_decides_nothing(open_page, project, reviewer):
    make_tasks(project, 2)
    page = open_page(reviewer)
    page.goto("/account/keys/")
    page.get_by_label("Letters, digits and signs act").uncheck()
    page.get_by_role("button", name="Keep these keys").click()
    start(page, project)
    for key in ("a", "s", "e", "r", "3", "?", "m", "t"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert not Verdict.objects.exists()
    expect(page.locator("#decision [value=performance]")).not_to_be_checked()
    expect(page.locator("#note")).not_to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".done-toast")).to_be_visible()


def test_the_palette_goes_to_a_place_and_to_an_item(open_page, project, reviewer):
    task = make_task(project, file_path="billing/rates.py")
    page = open_page(reviewer)
    page.goto(f"/p/{project.slug}/")
    page.keyboard.press("Control+k")
    words = page.get_by_role("combobox", name="Place, act or item")
    expect(words).to_be_focused()
    expect(page.get_by_role("option", name="Datasets")).to_be_visible()
    page.keyboard.type("rtsp")
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("rates")
    expect(page.get_by_role("option", name=f"billing/rates.py #{task.pk}")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#item-title")).to_contain_text("rates.py")


def test_the_palette_does_an_act_of_the_page(open_page, project, reviewer):
    make_tasks(project, 2)
    page = open_page(reviewer)
    start(page, project)
    page.keyboard.press("Control+k")
    page.keyboard.type("unified")
    page.keyboard.press("Enter")
    expect(page.locator("[data-diff]")).to_have_class("diff is-unified")
    page.keyboard.press("Control+k")
    page.keyboard.type("accept the")
    page.keyboard.press("Enter")
    expect(page.locator(".done-toast")).to_be_visible()


def test_without_a_script_the_button_leads_to_the_same_places(open_page, project, reviewer):
    make_task(project, file_path="billing/rates.py")
    page = open_page(reviewer, java_script_enabled=False)
    page.goto(f"/p/{project.slug}/")
    page.get_by_role("button", name="Commands").click()
    page.get_by_label("What you look for").fill("rates")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="billing/rates.py").click()
    expect(page.locator("#item-title")).to_contain_text("rates.py")
