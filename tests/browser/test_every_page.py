"""Every page, as every role, in both themes, wide and on a phone: for anyone, inside our rules.

axe-core finds nothing serious; the harness (conftest.py) fails a page that complains in its
console, breaks the content security policy or asks for anything from elsewhere.
"""

from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from django.test import Client

from config.demo.content import read
from config.demo.load import load
from curation.models import DatasetVersion, Example
from deployments.models import ModelVersion, Promotion
from governance.models import LedgerEntry, Project, User
from lib.clock import now
from reviews.queue import claim, open_tasks
from tests.addresses import every_address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

SLUG = "ledger-platform"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()

OPEN = [
    "api_docs",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_signup",
    "account_inactive",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
]
OWN = [
    "home",
    "account_change_password",
    "account_email",
    "account_logout",
    "account_reauthenticate",
    "governance:tokens",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
    "mfa_list_webauthn",
    "socialaccount_connections",
]
IN_PROJECT = [
    "overview",
    "curation:dataset",
    "curation:datasets",
    "curation:example",
    "curation:mine",
    "curation:rows",
    "deployments:amend",
    "deployments:model",
    "deployments:models",
    "deployments:promotion",
    "deployments:register",
    "governance:ledger",
    "governance:ledger-entry",
    "governance:settings",
    "reviews:queue",
    "reviews:task",
]
NO_PAGES = {
    "schema": "JSON",
    "curation:api-file": "API",
    "curation:api-version": "API",
    "curation:api-versions": "API",
    "curation:file": "a download",
    "deployments:api-live": "API",
    "feedback:feedback": "API",
    "governance:ledger-bytes": "a download",
    "mfa_login_webauthn": "JSON for the passkey script",
    "mfa_download_recovery_codes": "a download",
    # steps of a journey: without the step before them they lead back; tests/web walks them
    "account_confirm_email": "needs a key from a mail",
    "account_confirm_login_code": "needs a login by code, which is off",
    "account_email_verification_sent": "needs verification, which is off",
    "account_reset_password_from_key": "needs a key from a mail",
    "account_set_password": "leads to the change, for whoever has a password",
    "mfa_authenticate": "needs a login that waits for its second step",
    "mfa_deactivate_totp": "needs a second factor",
    "mfa_edit_webauthn": "needs a passkey",
    "mfa_remove_webauthn": "needs a passkey",
    "mfa_generate_recovery_codes": "needs a second factor",
    "mfa_view_recovery_codes": "needs a second factor",
    "mfa_reauthenticate": "needs a second factor",
    "mfa_reauthenticate_webauthn": "needs a passkey",
    "openid_connect_callback": "needs an identity provider",
    "openid_connect_login": "needs an identity provider",
    "socialaccount_signup": "needs an identity provider",
}
# who sees the most of a page; every other role visits it too, once
BEST = {"governance:settings": "rowan", "reviews:task": "wren", "deployments:promotion": "tamsin"}
SAYS_401 = "/accounts/3rdparty/login/error/"  # what allauth answers there
ROLES = ["noor", "wren", "maren", "tamsin", "rowan"]


@pytest.mark.django_db
def test_no_page_is_forgotten():
    client = Client()
    person = User.objects.create_user("someone", is_staff=True)
    client.force_login(person)
    visited = {*OPEN, *OWN, *IN_PROJECT}
    forgotten = [
        address.name
        for address in every_address()
        if address.name not in visited | NO_PAGES.keys()
        and client.get(address.path()).status_code != 405
    ]
    assert forgotten == []
    assert visited | NO_PAGES.keys() <= {address.name for address in every_address()}


def test_every_page_holds_for_everyone(open_page):
    load(now())
    paths = paths_of_the_demo()
    faults = []
    for scheme, size in [("light", "desktop"), ("dark", "desktop"), ("light", "phone")]:
        faults += visit(open_page, None, [paths[name] for name in OPEN], scheme, size)
        for person, names in best_visitors().items():
            faults += visit(open_page, person, [paths[n] for n in names], scheme, size)
    assert not faults, "\n".join(faults)


def test_every_role_meets_only_whole_pages(open_page):
    load(now())
    paths = paths_of_the_demo()
    pages = [paths[name] for name in [*IN_PROJECT, "home"]]
    faults = [
        fault
        for role in ROLES
        for fault in visit(open_page, role, pages, "dark", "phone", may_refuse=True)
    ]
    assert not faults, "\n".join(faults)


def best_visitors():
    """Page names by the person who sees the most of them."""
    found = {"maren": list(OWN)}
    for name in IN_PROJECT:
        found.setdefault(BEST.get(name, "maren"), []).append(name)
    return found


def paths_of_the_demo():
    """A path for every page, to rows that the demo has."""
    project = Project.objects.get(slug=SLUG)
    mine = {"project": project}
    known = {
        "curation:dataset": {"number": DatasetVersion.objects.filter(**mine).latest("pk").number},
        "curation:rows": {"number": DatasetVersion.objects.filter(**mine).latest("pk").number},
        "curation:example": {"pk": Example.objects.filter(**mine).latest("pk").pk},
        "deployments:amend": {"pk": ModelVersion.objects.filter(**mine).latest("pk").pk},
        "deployments:model": {"pk": ModelVersion.objects.filter(**mine).latest("pk").pk},
        "deployments:promotion": {"pk": Promotion.objects.filter(**mine).latest("pk").pk},
        "governance:ledger-entry": {"pk": LedgerEntry.objects.filter(**mine).latest("pk").pk},
        "reviews:task": {"task_id": held_by_wren(project).pk},
    }
    addresses = {address.name: address for address in every_address()}
    return {
        name: addresses[name].path(slug=SLUG, **known.get(name, {}))
        for name in [*OPEN, *OWN, *IN_PROJECT]
    }


def held_by_wren(project):
    """A slot that wren holds, so that the page has its decision panel."""
    open_tasks(now())
    return claim(project, User.objects.get(username="wren"), now())


def visit(open_page, username, paths, scheme, size, may_refuse=False):
    """Log in through the form, open each page, and say what is wrong with it."""
    page = open_page(size=size, scheme=scheme)
    if username:
        log_in(page, username)
    found = []
    for path in paths:
        answer = arrive(page, path)
        expected = {401 if path == SAYS_401 else 200} | ({403} if may_refuse else set())
        faults = [] if answer.status in expected else [f"status {answer.status}"]
        if path not in ("/", urlsplit(page.url).path):
            faults.append(f"led to {page.url}")
        found += [f"{username} {scheme} {size} {path}: {fault}" for fault in faults + judge(page)]
    return found


def arrive(page, path):
    """Open the path, with the password again where that is asked."""
    answer = page.goto(path)
    if "/reauthenticate/" in page.url and "/reauthenticate/" not in path:
        page.get_by_label("Password").fill(read().password)
        with page.expect_navigation() as there:
            page.get_by_role("button", name="Go on").click()
        return there.value
    return answer


def log_in(page, username):
    page.goto("/accounts/login/")
    page.get_by_label("Username or e-mail address").fill(username)
    page.get_by_label("Password").fill(read().password)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)


def judge(page):
    """What axe finds serious, and whether the page is wider than the screen."""
    page.evaluate(AXE)
    results = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    faults = [
        f"{violation['id']} ({violation['help']}): {node['html'][:160]}"
        for violation in results["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"][:3]
    ]
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return [*faults, f"{wide} px wider than the screen"] if wide > 0 else faults
