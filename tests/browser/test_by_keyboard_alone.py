"""A whole day without a mouse: log in, review, fix, freeze, sign off, log out."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from curation import datasets
from curation.models import DatasetVersion
from deployments.models import SignOff
from governance.models import Role
from reviews.models import ReviewTask, Verdict
from tests.builders import make_person, make_project
from tests.deployments_builders import make_promotion
from tests.reviews_builders import IDEAL, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PASSWORD = "correct horse battery"
# A click that a pointer made has coordinates or a count; Enter and Space make clicks without
NO_POINTER = """
window.pointed = 0;
for (const kind of ["pointerdown", "mousedown", "touchstart"]) {
  addEventListener(kind, () => { window.pointed += 1; }, true);
}
"""
NAME = """() => {
  let each = document.activeElement;
  while (each?.shadowRoot?.activeElement) each = each.shadowRoot.activeElement;
  if (each === document.body) return "";
  return [each.ariaLabel, each.labels?.[0]?.innerText, each.innerText, each.tagName]
    .find((words) => words?.trim()).trim();
}"""


@pytest.fixture
def project():
    made = make_project(slug="ledger-platform", name="Ledger platform")
    for number in range(4):
        language = "go" if number == 3 else "python"
        path = f"src/item_{number}.{language[:2]}"
        make_task(made, file_path=path, urgency=900 - number, language=language)
    return made


def reach(page, words, most=90):
    """Tab until what is called so has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if re.search(words, page.evaluate(NAME)):
            return
    pytest.fail(f"no Tab leads to {words}")


def press(page, words):
    reach(page, words)
    page.keyboard.press("Enter")


def go(page, place, heading):
    """By the palette, from wherever one is."""
    page.wait_for_load_state()  # a heading is seen before the scripts that know the key
    page.keyboard.press("Control+k")
    page.keyboard.type(place)
    named = re.compile(f"^{place} ")
    expect(page.get_by_role("option", name=named).first).to_be_visible()
    while not page.get_by_role("option", name=named, selected=True).count():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    shows(page, heading)


def shows(page, heading):
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert page.evaluate("window.pointed") == 0


def log_in(page, person):
    page.goto("/accounts/login/")
    reach(page, "Username")
    page.keyboard.type(person.username)
    reach(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def log_in_with_a_code(page, person, secret):
    """The password, and then the code that an app on a phone would show."""
    log_in(page, person)
    shows(page, "Second step")
    reach(page, "Code")
    step = next(totp.yield_hotp_counters_from_time())
    page.keyboard.type(totp.format_hotp_value(totp.hotp_value(secret, step)))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "2fa" not in url)


def log_out(page):
    press(page, "Your account")
    press(page, "Log out")
    expect(page.get_by_role("heading", name="Log in to Emend")).to_be_visible()


def sent(page):
    page.wait_for_selector("html[data-unsent='0']", state="attached")


def test_the_whole_life_of_a_correction_by_keyboard(open_page, project):
    person = make_person(project, Role.REVIEWER, Role.CURATOR)
    lead = make_person(project, Role.GOVERNANCE_LEAD)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(lead, secret)
    page = open_page()
    page.add_init_script(NO_POINTER)
    log_in(page, person)
    go(page, "Ledger platform", "Overview")
    review(page)
    look_around(page)
    freeze(page)
    log_out(page)
    promotion = make_promotion(project)
    log_in_with_a_code(page, lead, secret)
    sign(page, project, promotion)
    log_out(page)
    assert SignOff.objects.get().by == lead


def review(page):
    """Filter, take, read, fix in the editor and leave it, decide, undo, look back, decide again."""
    go(page, "Review", "Review queue")
    page.keyboard.press("/")
    reach(page, "Language")
    page.keyboard.type("python")
    page.keyboard.press("Enter")
    page.wait_for_url("**language=python*")
    expect(page.locator(".queue-table tbody tr")).to_have_count(3)
    page.keyboard.press("Enter")
    shows(page, "item_0.py")
    page.keyboard.press("n")
    expect(page.locator(".is-cursor")).to_have_count(1)
    page.keyboard.press("p")
    page.keyboard.press("f")
    expect(page.locator("[data-editor=here]")).to_have_count(1)
    page.keyboard.press("Control+Home")
    page.keyboard.type("import json\n")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator("#decision [value=logic]")).to_be_checked()
    page.keyboard.press("Control+Enter")
    shows(page, "item_1.py")
    sent(page)
    assert Verdict.objects.get().fixed.text == "import json\n" + IDEAL
    page.keyboard.press("z")
    shows(page, "item_0.py")
    page.keyboard.press("a")
    shows(page, "item_1.py")
    sent(page)
    page.keyboard.press("h")
    expect(page.locator("#last-ten")).to_contain_text("item_0.py")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    shows(page, "item_2.py")
    sent(page)
    kinds = [each.kind for each in Verdict.objects.order_by("id")]
    assert kinds == ["fix", "undo", "accept", "reject"]
    assert ReviewTask.objects.filter(language="go", state="open").exists()


def look_around(page):
    go(page, "Review", "Review queue")
    press(page, "^Guidelines")
    shows(page, "Guidelines")
    go(page, "Review", "Review queue")
    press(page, "^Team")
    shows(page, "Team")
    press(page, "Inbox")
    shows(page, "Inbox")
    go(page, "Ledger platform", "Overview")


def freeze(page):
    go(page, "Datasets", "Datasets")
    press(page, "Freeze a version")
    expect(page.get_by_text("A worker takes it within seconds")).to_be_visible()
    datasets.build(DatasetVersion.objects.get())
    expect(page.get_by_text("From corrections to rows")).to_be_visible()


def sign(page, project, promotion):
    go(page, "Models", "Models")
    press(page, "ember-7b r1 to complete")
    shows(page, "ember-7b r1")
    reach(page, "Your password, again")
    page.keyboard.type(PASSWORD)
    press(page, "^Approve")
    expect(page.get_by_text("Your approval is on the record")).to_be_visible()
