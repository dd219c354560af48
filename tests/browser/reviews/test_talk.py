"""Talking about an item, by keyboard and without JavaScript, and what the page says beside it."""

import pytest
from playwright.sync_api import expect

from curation.categories import by_slug
from governance.models import Role
from lib.clock import now
from reviews import comments, guidelines, inbox
from reviews.comments import Place
from reviews.models import Comment, CommentDraft
from tests.builders import make_curator, make_person, make_project
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def wren(project):
    return make_person(project, Role.REVIEWER, username="wren")


@pytest.fixture
def idris(project):
    return make_person(project, Role.REVIEWER, username="idris")


def item(project, task):
    return f"/p/{project.slug}/review/{task.pk}/"


def test_a_comment_with_a_mention_takes_no_mouse(open_page, project, wren, idris):
    task = make_task(project)
    page = open_page(wren)
    page.goto(item(project, task))
    page.keyboard.press("j")
    page.keyboard.press("c")
    text = page.locator("#diff .thread textarea")
    expect(text).to_be_focused()
    page.keyboard.type("Is it so, @id")
    expect(page.get_by_role("option", name="idris")).to_be_visible()
    page.keyboard.press("Enter")
    expect(text).to_have_value("Is it so, @idris ")
    page.keyboard.type("?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#diff .thread .at")).to_have_text("@idris")
    assert Comment.objects.get().text == "Is it so, @idris ?"
    assert inbox.unread(idris) == 1
    assert not CommentDraft.objects.exists()


def test_what_is_typed_is_kept_for_its_author(open_page, project, wren, idris):
    task = make_task(project)
    page = open_page(wren)
    page.goto(item(project, task))
    page.keyboard.press("c")
    page.keyboard.type("Not ready")
    expect(page.get_by_text("Draft, only you see it")).to_be_visible()
    page.reload()
    expect(page.locator("#diff .thread textarea")).to_have_value("Not ready")
    other = open_page(idris)
    other.goto(item(project, task))
    expect(other.locator("#diff .thread")).to_have_count(0)


def test_keys_go_from_thread_to_thread(open_page, project, wren):
    task = make_task(project)
    for line in (1, 3):
        comments.say(task, wren, f"Line {line}", now(), place=Place("ideal", line))
    page = open_page(wren)
    page.goto(item(project, task))
    page.keyboard.press("Shift+N")
    expect(page.locator("#diff .thread.is-found")).to_contain_text("Line 1")
    page.keyboard.press("Shift+N")
    expect(page.locator("#diff .thread.is-found")).to_contain_text("Line 3")
    page.keyboard.press("Shift+P")
    expect(page.locator("#diff .thread.is-found")).to_contain_text("Line 1")


def test_without_javascript_a_line_is_named_and_answered(open_page, project, wren):
    task = make_task(project)
    page = open_page(wren, java_script_enabled=False)
    page.goto(f"{item(project, task)}#comments")
    page.get_by_label("Comment on the item").fill("Does it close?")
    page.get_by_label("About", exact=True).select_option("ideal")
    page.get_by_label("Line", exact=True).fill("2")
    page.locator("#comments").get_by_role("button", name="Comment", exact=True).click()
    thread = page.locator("#diff .thread")
    expect(thread).to_contain_text("Does it close?")
    thread.get_by_text("Reply", exact=True).first.click()
    thread.get_by_label("Reply").fill("It does.")
    thread.get_by_role("button", name="Reply").click()
    expect(page.locator("#diff .thread")).to_contain_text("It does.")


def test_what_stands_beside_the_decision_follows_the_category(open_page, project, wren):
    text, logic = "A retry needs an end.", by_slug(project)["logic"]
    guidelines.write(project, logic, text, "why", make_curator(project), now(), after=0)
    make_task(project)
    page = open_page(wren)
    page.goto(f"/p/{project.slug}/review/")
    page.keyboard.press("Enter")
    page.wait_for_selector("#decision")
    expect(page.locator("#effect-lines")).to_contain_text("Security 0 → 1")
    page.keyboard.press("2")
    expect(page.locator("#effect-lines")).to_contain_text("Logic 0 → 1")
    page.get_by_role("link", name="Context").click()
    expect(page.locator("#context-part")).to_contain_text(text)


def test_who_only_reads_sees_the_context_too(open_page, project, wren):
    """The browser's console would tell of a category that is not there to be chosen."""
    page = open_page(wren)
    page.goto(f"{item(project, make_task(project))}#context")
    expect(page.locator("#context-part")).to_contain_text("Other corrections of this file")


def test_where_nobody_voted_no_category_is_asked_for(open_page, project, wren):
    make_task(project, voted=False)
    page = open_page(wren)
    page.goto(f"/p/{project.slug}/review/")
    page.keyboard.press("Enter")
    page.wait_for_selector("#decision")
    expect(page.locator("#effect-lines")).to_contain_text("Choose a category")
