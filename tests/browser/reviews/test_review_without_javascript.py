"""Every act of a reviewer with no script at all."""

import pytest
from playwright.sync_api import expect

from reviews.models import ReviewTask, Verdict
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import IDEAL, make_task

pytestmark = pytest.mark.django_db(transaction=True)


def test_review_with_plain_forms(open_page):
    project = make_project()
    reviewer = make_reviewer(project)
    for n in range(4):
        make_task(project, file_path=f"src/item_{n}.py", urgency=900 - n)
    page = open_page(reviewer, java_script_enabled=False)
    page.goto(f"/p/{project.slug}/review/")
    page.get_by_role("button", name="Start reviewing").click()
    title = page.locator("#item-title")
    expect(title).to_contain_text("item_0.py")

    page.get_by_text("Logic", exact=True).last.click()
    page.get_by_role("button", name="Accept", exact=False).first.click()
    expect(title).to_contain_text("item_1.py")
    expect(page.locator(".done-toast")).to_contain_text("Accepted item_0.py")

    page.get_by_role("link", name="Fix and accept").click()
    code = page.locator("#fix-code")
    expect(code).to_be_visible()
    code.fill("import json\n" + IDEAL)
    page.get_by_role("button", name="Accept this code").click()
    expect(title).to_contain_text("item_2.py")
    assert Verdict.objects.get(kind="fix").fixed.text == "import json\n" + IDEAL

    page.locator("#note").fill("my reason in words")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#reason-error")).to_contain_text("Say why")
    expect(page.locator("#note")).to_have_value("my reason in words")
    page.locator("#reason").select_option("wrong")
    page.get_by_role("button", name="Reject").click()
    expect(title).to_contain_text("item_3.py")

    page.locator(".done-toast").get_by_role("button", name="Undo").click()
    expect(title).to_contain_text("item_2.py")
    assert ReviewTask.objects.get(file_path="src/item_2.py").leased_to == reviewer

    page.get_by_role("link", name="Timeline").click()
    expect(page.locator("#timeline")).to_contain_text("sent a correction")
    expect(page.locator("#diff")).to_be_hidden()
    page.get_by_role("link", name="Diff").click()
    page.get_by_role("button", name="Unified").click()
    expect(page.locator("[data-diff]")).to_have_class("diff is-unified")
    page.get_by_role("button", name="Release").click()
    expect(page.locator(".toast")).to_contain_text("Released item_2.py")
