"""Two people sign in two browsers, one promotes, an amendment voids, one click rolls back."""

import pytest

from deployments.registry import amend, attach_evaluation
from lib.clock import now
from tests.builders import make_curator, make_lead, make_project
from tests.deployments_builders import REPORT, a_manifest, make_live, make_promotion, make_version

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return make_project(slug="ledger-platform", name="Ledger platform")


def address(promotion):
    return f"/p/{promotion.project.slug}/promotions/{promotion.pk}/"


def approve(page):
    page.get_by_label("Your password, again").fill(PASSWORD)
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Your approval is on the record").wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_two_people_sign_one_promotes_and_one_click_goes_back(open_page, project, javascript):
    make_live(project=project)
    promotion = make_promotion(version=make_version(project))
    leads = [make_lead(project), make_lead(project)]
    first, second = (open_page(lead, java_script_enabled=javascript) for lead in leads)
    for page in (first, second):
        page.goto(address(promotion))
    approve(first)
    assert first.get_by_role("button", name="Promote to complete").is_disabled()
    amended = amend(promotion.model_version, a_manifest(), make_curator(project), now())
    attach_evaluation(amended, "house-tasks 1", REPORT, make_curator(project), now())

    second.get_by_label("Your password, again").fill(PASSWORD)
    second.get_by_role("button", name="Approve").click()
    second.get_by_text("changed after you opened this page").wait_for()
    first.reload()
    first.get_by_text("void: the manifest changed").wait_for()

    approve(first)
    approve(second)
    second.get_by_role("button", name="Promote to complete").click()
    second.get_by_text("complete answers with ember-7b r2 now").wait_for()

    first.goto("/p/ledger-platform/models/")
    first.get_by_role("button", name="Roll back to r1").click()
    first.get_by_text("complete answers with ember-7b r1 again").wait_for()
    promotion.endpoint.refresh_from_db()
    assert promotion.endpoint.live.revision == 1
