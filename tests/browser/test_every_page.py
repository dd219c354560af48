"""Every page, as every role, in both themes, wide and on a phone: for anyone, inside our rules.

A page is loaded once, as whoever sees the most of it, and judged (judges.py) wide and light, dark,
and as a phone shows it; then what can be opened on it. For every other role the server is asked
for the page, and a browser only where something is on it that nobody before had. The harness
(conftest.py) fails a page that complains in its console, breaks the content security policy or
asks for anything from elsewhere.
"""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client

from config.demo.content import read
from config.demo.load import load
from governance.models import User
from lib.clock import now
from tests.addresses import every_address
from tests.browser import judges
from tests.browser.conftest import SIZES
from tests.browser.demo_pages import IN_PROJECT, OPEN, OWN, paths_of_the_demo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

NO_PAGES = {
    "reviews:no-more-mail": "needs a link from a mail",
    "reviews:effect": "a part of the workspace",
    "reviews:suggestion": "text for the editor",
    "reviews:people": "JSON for the list of names below a comment",
    "favicon": "a picture",
    "schema": "JSON",
    "curation:api-changes": "API",
    "curation:api-changed": "API",
    "curation:api-file": "API",
    "curation:api-exports": "API",
    "curation:api-recalls": "API",
    "curation:api-run": "API",
    "curation:api-run-lines": "API",
    "curation:api-runs": "API",
    "curation:api-export-file": "API",
    "curation:export-file": "a download",
    "curation:recipe-file": "a download",
    "curation:git-refs": "for git",
    "curation:dvc-file": "for DVC",
    "curation:api-version": "API",
    "curation:api-versions": "API",
    "curation:file": "a download",
    "deployments:api-live": "API",
    "feedback:feedback": "API",
    "feedback:api-generations": "API",
    "feedback:api-generations-file": "API",
    "feedback:api-reactions": "API",
    "feedback:api-reactions-file": "API",
    "feedback:api-corrections": "API",
    "feedback:api-corrections-file": "API",
    "feedback:api-quarantine": "API",
    "feedback:api-quarantine-file": "API",
    "feedback:client": "API",
    "feedback:client-by-key": "API",
    "governance:ledger-bytes": "a download",
    "reviews:diff": "a part of reviews:task",
    "reviews:beside": "the list beside an item, a part of its page",
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
    "governance:log-in-again": "needs an identity provider",
    "openid_connect_callback": "needs an identity provider",
    "openid_connect_login": "needs an identity provider",
    "socialaccount_signup": "needs an identity provider",
}
# who sees the most of a page; every other role visits it too, once
BEST = {
    "erasures": "rowan",
    "erasure": "rowan",
    "feedback:connect": "rowan",
    "feedback:connect-tool": "rowan",
    "governance:settings": "rowan",
    "curation:repositories": "rowan",
    "fate": "noor",
    "feedback:masking": "rowan",
    "reviews:judge": "rowan",
    "feedback:quarantine": "rowan",
    "feedback:quarantined": "rowan",
    "feedback:sampling": "rowan",
    "reviews:webhook": "rowan",
    "reviews:webhooks": "rowan",
    "reviews:task": "wren",
    "deployments:promotion": "tamsin",
}
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
    seen = {}  # path -> the kinds of elements that were on it
    known = set()  # what was opened once
    faults = visit(open_page, None, [paths[name] for name in OPEN], known, seen)
    for person, names in best_visitors().items():
        faults += visit(open_page, person, [paths[name] for name in names], known, seen)
    for role in ROLES:
        pages = [paths[name] for name in [*IN_PROJECT, "home"]]
        refused, new = new_to(role, pages, seen)
        faults += refused + visit(open_page, role, new, known, seen, may_refuse=True)
    assert not faults, "\n".join(faults)


def best_visitors():
    """Page names by the person who sees the most of them."""
    found = {"maren": list(OWN)}
    for name in IN_PROJECT:
        found.setdefault(BEST.get(name, "maren"), []).append(name)
    return found


def visit(open_page, username, paths, known, seen, may_refuse=False):
    """Log in through the form, open each page, and say what is wrong with it."""
    page = open_page()
    if username and paths:
        log_in(page, username)
    found = []
    for path in paths:
        page.set_viewport_size(SIZES["desktop"])
        page.emulate_media(color_scheme="light")
        answer = arrive(page, path)
        right = answer.status in allowed(path, may_refuse)
        faults = [] if right else [f"status {answer.status}"]
        if path not in ("/", urlsplit(page.url).path):
            faults.append(f"led to {page.url}")
        key = path if answer.status == 200 else answer.status
        seen.setdefault(key, set()).update(kinds_in(answer.text()))
        found += [f"{username} {path}: {fault}" for fault in faults + judge(page, known)]
    page.close()
    return found


def judge(page, known):
    """What is wrong with the page for somebody, in either theme and at either size."""
    faults = [*judges.violations(page), *judges.nameless(page), *judges.lost_focus(page)]
    faults += judges.opened(page, known)
    page.emulate_media(color_scheme="dark")
    faults += judges.violations(page, judges.CONTRAST)
    page.set_viewport_size(SIZES["phone"])
    return [
        *faults,
        *(f"phone: {fault}" for fault in judges.violations(page) + judges.lost_focus(page)),
        *(f"phone: {fault}" for fault in judges.too_wide(page)),
    ]


def allowed(path, may_refuse=False):
    """The statuses that a page may answer with."""
    if path == SAYS_401:
        return {401}
    # another reviewer's batch is not there, for the first pass is blind; nor what others reported
    is_own = "/batches/" in path or ("/mine/" in path and may_refuse)
    return {200} | ({403} if may_refuse else set()) | ({404} if is_own else set())


def new_to(role, paths, seen):
    """What the server says wrongly to this role, and the pages with something new on them."""
    client = Client()
    client.force_login(User.objects.get(username=role))
    faults, new, refused = [], [], False
    for path in paths:
        answer = client.get(path, follow=path == "/")
        status = answer.status_code
        if status not in allowed(path, may_refuse=True):
            faults.append(f"{role} {path}: status {status}")
        elif kinds_in(answer.text) - seen.get(path if status == 200 else status, set()):
            new += [path] if status == 200 or not refused else []
            refused = refused or status != 200
    return faults, new


class Kinds(HTMLParser):
    """The kinds of elements of a page, whatever they say and lead to."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        names = tuple(sorted(named))
        self.found.add((tag, named.get("class"), named.get("role"), named.get("type"), names))


def kinds_in(html):
    parser = Kinds()
    parser.feed(html)
    return parser.found


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
