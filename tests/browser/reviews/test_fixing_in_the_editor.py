"""Fixing code in the editor: the same words as in the text area, checked while one types."""

import pytest
from playwright.sync_api import expect

from curation.models import Decision
from reviews.models import Draft, Verdict
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import IDEAL, make_task, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = "[data-fix] .cm-content"


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


def begin_to_fix(page):
    page.keyboard.press("f")
    expect(page.locator(EDITOR)).to_be_focused()


def test_fix_in_the_editor_by_keyboard(open_page, project, reviewer):
    make_tasks(project, 2)
    page = open_page(reviewer)
    start(page, project)
    begin_to_fix(page)
    page.keyboard.press("Control+Home")
    page.keyboard.type("import json\n\n\n")
    expect(page.locator("#fix-code")).to_have_value("import json\n\n\n" + IDEAL)
    expect(page.locator("#fix-code")).to_be_hidden()
    expect(page.locator("[data-fix] .cm-changedLine").first).to_be_visible()
    expect(page.locator("[data-check-says]")).to_contain_text("Parses")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    page.keyboard.press("Escape")
    expect(page.locator(EDITOR)).not_to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("#decision [value=logic]")).to_be_checked()
    begin_to_fix(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".done-toast")).to_be_visible()
    page.wait_for_selector("html[data-unsent='0']", state="attached")
    fix = Verdict.objects.get(kind="fix")
    assert fix.fixed.text == "import json\n\n\n" + IDEAL
    assert fix.task.example.ideal.text == IDEAL
    assert Decision.objects.count() == 1


def test_the_place_of_an_error_is_said_while_one_types(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    begin_to_fix(page)
    page.keyboard.press("Control+End")
    page.keyboard.type("def broken(:")
    says = page.locator("[data-check-says]")
    expect(says).to_contain_text("Does not parse, line 5")
    expect(page.locator("[data-fix] .cm-lint-marker-error")).to_be_visible()
    assert not Verdict.objects.exists()


def test_the_edit_is_compared_with_what_one_chooses(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    begin_to_fix(page)
    expect(page.locator("[data-fix] .cm-deletedChunk")).to_have_count(0)
    page.route("**/suggestion", lambda route: route.abort(), times=1)
    page.get_by_label("Compare with").select_option("suggestion")
    expect(page.locator("#messages")).to_contain_text("The suggestion did not come")
    expect(page.get_by_label("Compare with")).to_have_value("correction")
    page.get_by_label("Compare with").select_option("suggestion")
    expect(page.locator("[data-fix] .cm-deletedChunk").first).to_contain_text("open(path).read()")
    page.get_by_label("Compare with").select_option("nothing")
    expect(page.locator("[data-fix] .cm-changedLine")).to_have_count(0)


def test_what_was_typed_comes_back_here_and_on_another_machine(open_page, project, reviewer):
    task = make_task(project)
    page = open_page(reviewer)
    start(page, project)
    begin_to_fix(page)
    page.keyboard.press("Control+End")
    with page.expect_response("**/draft"):
        page.keyboard.type("# mine")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_timeout(700)
    page.reload()
    expect(page.locator("#fix-code")).to_have_value(IDEAL + "# mine")
    expect(page.locator(EDITOR)).to_contain_text("# mine")
    assert Draft.objects.get().said == {"category": "logic", "code": IDEAL + "# mine"}
    other = open_page(reviewer)
    other.goto(f"/p/{project.slug}/review/{task.pk}/")
    expect(other.locator("#fix-code")).to_have_value(IDEAL + "# mine")
    expect(other.locator("#decision [value=logic]")).to_be_checked()


def test_a_save_that_fails_hides_nothing_and_is_made_up_for(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    page.context.set_offline(True)
    page.locator("#note").fill("a long thought")
    page.wait_for_timeout(800)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#note")).to_have_value("a long thought")


def test_without_a_script_the_text_area_is_there(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer, java_script_enabled=False)
    page.goto(f"/p/{project.slug}/review/")
    page.locator("[data-act=take]").click()
    page.get_by_role("link", name="Fix and accept").click()
    expect(page.locator("#fix-code")).to_be_visible()
    expect(page.get_by_label("Compare with")).to_be_hidden()
