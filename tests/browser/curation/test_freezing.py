"""A curator freezes a version, watches it being built, and follows a row back to its feedback."""

import pytest

from curation import datasets
from curation.models import DatasetVersion
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted

pytestmark = pytest.mark.django_db(transaction=True)
CATEGORIES = ("security", "logic", "performance", "style")


@pytest.fixture
def project():
    made = make_project(slug="ledger-platform", name="Ledger platform")
    for number in range(12):
        make_accepted(
            made,
            category=CATEGORIES[number % 4],
            repository=f"acme/part-{number}",
            client_id=f"row-{number}",
            comment="Never eval what a file says.",
        )
    make_accepted(made, output="same\n", ideal="same\n")
    return made


@pytest.mark.parametrize("javascript", [True, False])
def test_freezing_shows_its_progress_and_then_its_figures(open_page, project, javascript):
    page = open_page(make_curator(project), java_script_enabled=javascript)
    page.goto(f"/p/{project.slug}/datasets/")
    page.get_by_role("button", name="Freeze a version").click()
    page.get_by_text("A worker takes it within seconds").wait_for()
    version = DatasetVersion.objects.get()
    datasets.build(version)
    if not javascript:
        page.get_by_role("link", name="Look again").click()
    page.get_by_text("From corrections to rows").wait_for()
    version.refresh_from_db()
    assert page.get_by_text(version.content_id).is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download sft/train.jsonl").click()
    assert download.value.suggested_filename == "ledger-platform-v1-sft-train.jsonl"

    page.get_by_role("link", name="Look at the rows").click()
    page.locator("tbody a.hash").first.click()
    page.get_by_role("heading", name="Where it came from").wait_for()
    assert page.get_by_text("Version 1").is_visible()


def test_a_build_can_be_cancelled_from_its_page(open_page, project):
    page = open_page(make_curator(project))
    page.goto(f"/p/{project.slug}/datasets/")
    page.get_by_role("button", name="Freeze a version").click()
    page.get_by_role("button", name="Cancel the build").click()
    page.get_by_text("This build was cancelled.").wait_for()
    assert DatasetVersion.objects.get().state == "cancelled"
