"""Near-duplicates decided at once: by keyboard, by mouse, and with no script at all."""

import pytest
from playwright.sync_api import expect

from reviews.models import ReviewTask, Verdict
from tests.builders import make_project, make_reviewer
from tests.cluster_builders import make_cluster
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    project = make_project()
    make_cluster(project)
    ReviewTask.objects.update(urgency=900)
    make_task(project, file_path="src/another.py", urgency=1)
    return project


def start(page, project):
    page.goto(f"/p/{project.slug}/review/")
    page.get_by_role("button", name="Start reviewing").click()
    expect(page.locator("#item-title")).to_contain_text("0.py")
    page.wait_for_load_state("load")


def decided():
    rows = Verdict.objects.filter(kind="accept").order_by("task__file_path")
    return list(rows.values_list("task__file_path", flat=True))


def test_a_cluster_by_keyboard(open_page, project):
    page = open_page(make_reviewer(project))
    start(page, project)
    page.keyboard.press("d")
    first = page.locator("[data-kin] [name=member]").first
    expect(first).to_be_focused()
    expect(page.locator("[data-ticked]")).to_have_text("3")
    page.keyboard.press("Space")
    expect(page.locator("[data-ticked]")).to_have_text("2")
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name="2.py").focus()
    page.keyboard.press("Space")
    page.locator("#many-category").select_option("logic")
    page.get_by_role("button", name="Accept all").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".done-toast")).to_contain_text("2 near-duplicates")
    assert decided() == ["invoice/0.py", "invoice/1.py"]
    page.keyboard.press("z")
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    assert Verdict.objects.filter(kind="undo").count() == 2


def test_a_cluster_by_mouse_opens_and_folds(open_page, project):
    page = open_page(make_reviewer(project))
    start(page, project)
    page.get_by_role("link", name="Cluster of 3").click()
    boxes = page.locator("[data-kin] [name=member]")
    expect(boxes).to_have_count(3)
    page.locator("summary", has_text="Cluster of 3").click()
    expect(boxes.first).to_be_hidden()
    page.locator("summary", has_text="Cluster of 3").click()
    page.get_by_role("button", name="Accept all").click()
    expect(page.locator("#item-title")).to_contain_text("another.py")
    assert len(decided()) == 3


def test_a_cluster_with_plain_forms(open_page, project):
    page = open_page(make_reviewer(project), java_script_enabled=False)
    start(page, project)
    page.get_by_role("link", name="Cluster of 3").click()
    expect(page.get_by_role("heading", name="Near-duplicates of 0.py")).to_be_visible()
    page.get_by_role("checkbox", name="1.py").uncheck()
    page.get_by_role("button", name="Accept all").click()
    expect(page.locator(".done-toast")).to_contain_text("2 near-duplicates")
    assert decided() == ["invoice/0.py", "invoice/2.py"]
    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    assert ReviewTask.objects.filter(state="open").count() == 3
