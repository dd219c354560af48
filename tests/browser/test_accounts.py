"""A person's own journeys: a passkey under our policy, the theme, a key, members unscripted."""

import re

import pytest

from governance.models import IngestKey, Role
from tests import builders

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

PASSWORD = "correct horse battery"


def log_in(page, person):
    page.goto("/accounts/login/")
    page.get_by_label("Username or e-mail address").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)


def add_authenticator(page):
    """A passkey in software, as Chromium offers for tests."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_opens_the_door(open_page):
    person = builders.make_person()
    page = open_page()
    add_authenticator(page)
    log_in(page, person)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto("/accounts/2fa/webauthn/")
    assert page.get_by_role("cell", name="Laptop", exact=True).is_visible()

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    page.wait_for_url(lambda url: "logout" not in url)
    page.goto("/accounts/login/?next=/account/tokens/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.get_by_role("heading", name="Access tokens").wait_for()


def test_the_theme_changes_without_leaving_what_is_typed(open_page):
    project = builders.make_project()
    page = open_page(builders.make_admin(project))
    page.goto(f"/p/{project.slug}/settings/")
    page.get_by_label("Which client will use it").fill("half a sent")
    page.get_by_label(re.compile("Your account")).click()
    with page.expect_response("**/account/theme"):
        page.get_by_role("button", name="Dark").click()
    page.locator("html[data-theme=dark]").wait_for()
    assert page.get_by_label("Which client will use it").input_value() == "half a sent"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_key_is_made_copied_and_revoked(open_page):
    project = builders.make_project()
    page = open_page(
        builders.make_admin(project), permissions=["clipboard-read", "clipboard-write"]
    )
    page.goto(f"/p/{project.slug}/settings/")
    page.get_by_label("Which client will use it").fill("Editor plug-in")
    page.get_by_role("button", name="Make key").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.get_by_role("button", name="Revoke Editor plug-in…").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke key").click()
    page.get_by_text("“Editor plug-in” is revoked").wait_for()
    assert IngestKey.objects.get().revoked_at is not None


def test_members_and_menus_work_without_javascript(open_page):
    project = builders.make_project()
    noor = builders.make_person(project, Role.REVIEWER)
    page = open_page(builders.make_admin(project), size="phone", java_script_enabled=False)
    page.goto("/account/tokens/")
    page.locator(".switch").click()
    page.get_by_role("link", name=project.name).click()
    page.goto(f"/p/{project.slug}/settings/")
    page.get_by_role("button", name=f"Change the roles of {noor.username}…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Curator").check()
    dialog.get_by_role("button", name="Save roles").click()
    page.get_by_text(f"{noor.username} has new roles.").wait_for()
    held = noor.memberships.values_list("role", flat=True)
    assert set(held) == {Role.REVIEWER, Role.CURATOR}


def test_escape_closes_a_menu_and_gives_the_focus_back(open_page):
    page = open_page(builders.make_person())
    page.goto("/account/tokens/")
    account = page.locator("summary[aria-label^='Your account']")
    account.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    assert account.evaluate("summary => summary === document.activeElement")
