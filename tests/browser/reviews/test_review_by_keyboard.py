"""A reviewer's whole hour at the keyboard, and what happens when a hold is lost."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from curation.models import Decision
from lib.clock import now
from reviews import queue
from reviews.models import ReviewTask, Verdict
from reviews.queue import LEASE
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import IDEAL, make_task, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project):
    return make_reviewer(project)


def start(page, project):
    """From the queue into the first item, by one key."""
    page.goto(f"/p/{project.slug}/review/")
    page.keyboard.press("Enter")
    page.wait_for_selector("#decision")
    page.wait_for_load_state("load")


def shows(page, name):
    expect(page.locator("#item-title")).to_contain_text(name)
    expect(page.locator(".htmx-request")).to_have_count(0)


def asked_ahead(page):
    """Wait until the page knows that nothing comes next: a sweep would race with its asking."""
    page.wait_for_selector("html[data-ahead='0']", state="attached")


def sent(page):
    """Wait until the server has every decision."""
    page.wait_for_selector("html[data-unsent='0']", state="attached")


def test_whoever_began_to_reject_never_accepts(open_page, project, reviewer):
    task = make_task(project, file_path="src/risky.py")
    page = open_page(reviewer)
    start(page, project)
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reason-error")).to_be_visible()
    shows(page, "risky.py")
    with page.expect_response("**/decide*"):
        page.keyboard.press("Control+Enter")  # and not after the refusal either
    shows(page, "risky.py")
    assert not Verdict.objects.exists()
    page.locator("#reason").focus()
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Review queue")).to_be_visible()
    assert Verdict.objects.get(task=task).reason == "wrong"


def test_accept_fix_reject_skip_escalate_and_undo_without_a_mouse(open_page, project, reviewer):
    for n in range(6):
        make_task(project, file_path=f"src/item_{n}.py", urgency=900 - n)
    page = open_page(reviewer)
    start(page, project)
    shows(page, "item_0.py")

    page.keyboard.press("2")
    page.keyboard.press("+")
    page.keyboard.press("a")
    shows(page, "item_1.py")
    expect(page.locator(".done-toast")).to_contain_text("Accepted item_0.py as Logic")
    sent(page)
    assert Decision.objects.get().severity == "critical"

    page.keyboard.press("2")
    page.keyboard.press("f")
    # in the text area, or already in the editor that takes its place
    expect(page.locator("#fix-code:focus, .code-editor:focus")).to_have_count(1)
    page.keyboard.press("Control+Home")
    page.keyboard.type("import json\n\n\n")
    page.keyboard.press("Control+Enter")
    shows(page, "item_2.py")
    sent(page)
    fix = Verdict.objects.get(kind="fix")
    assert fix.fixed.text == "import json\n\n\n" + IDEAL
    assert fix.task.example.ideal.text == IDEAL

    page.keyboard.press("r")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    shows(page, "item_3.py")
    expect(page.locator(".done-toast")).to_contain_text("nothing to learn from it")
    sent(page)
    assert Verdict.objects.get(kind="reject").reason == "trivial"

    page.keyboard.press("s")
    shows(page, "item_4.py")
    page.keyboard.press("e")
    shows(page, "item_5.py")
    sent(page)
    assert ReviewTask.objects.get(file_path="src/item_4.py").state == "escalated"
    kinds = list(Verdict.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["accept", "fix", "reject", "skip", "escalate"]


def test_the_last_of_several_decisions_is_what_z_takes_back(open_page, project, reviewer):
    for n in range(5):
        make_task(project, file_path=f"src/item_{n}.py", urgency=900 - n)
    page = open_page(reviewer)
    start(page, project)
    for n in range(3):
        shows(page, f"item_{n}.py")
        page.keyboard.press("s" if n == 1 else "e")
    shows(page, "item_3.py")
    sent(page)
    page.keyboard.press("z")
    shows(page, "item_2.py")
    assert ReviewTask.objects.get(file_path="src/item_2.py").leased_to == reviewer


def test_the_last_decision_ends_at_the_queue_where_it_can_be_undone(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing waits for review")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_selector("#decision")
    assert ReviewTask.objects.get().state == "leased"


def test_keys_do_nothing_while_one_types(open_page, project, reviewer):
    make_tasks(project, 2)
    page = open_page(reviewer)
    start(page, project)
    page.keyboard.press("t")
    page.keyboard.type("raise 3 errors and skip")
    expect(page.locator("#note")).to_have_value("raise 3 errors and skip")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(page.locator("#decision [value=performance]")).to_be_checked()
    assert not Verdict.objects.exists()


def test_a_key_decides_nothing_while_the_next_item_is_on_its_way(open_page, project, reviewer):
    make_tasks(project, 3)
    page = open_page(reviewer)
    start(page, project)
    held = []
    page.route("**/decide*", lambda route: held.append(route))
    page.keyboard.press("a")
    page.wait_for_selector(".htmx-request")
    for key in ("a", "s", "Control+Enter", "r"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    while not held:  # the button says so before Playwright has the request
        page.wait_for_timeout(20)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".done-toast")).to_be_visible()
    assert Verdict.objects.count() == 1


def test_reading_by_keys(open_page, project, reviewer):
    lines = "".join(f"line_{n} = {n}\n" for n in range(40))
    new = lines.replace("line_3 = 3", "line_3 = 4").replace("line_30 = 30", "line_30 = 31")
    make_task(project, output=lines, ideal=new)
    page = open_page(reviewer)
    start(page, project)
    page.keyboard.press("n")
    expect(page.locator(".is-cursor .l .no")).to_have_text("4")
    page.keyboard.press("j")
    expect(page.locator(".is-cursor .l .no")).to_have_text("5")
    page.keyboard.press("n")
    expect(page.locator(".is-cursor .l .no")).to_have_text("31")
    page.keyboard.press("p")
    page.keyboard.press("k")
    expect(page.locator(".is-cursor .l .no")).to_have_text("3")
    page.keyboard.press("m")
    expect(page.locator("[data-diff]")).to_have_class("diff is-unified")
    page.reload()
    expect(page.locator("[data-diff]")).to_have_class("diff is-unified")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert not Verdict.objects.exists()
    page.keyboard.press("[")
    expect(page.locator(".queue-head")).to_be_hidden()


def test_a_fold_opens_in_place_and_keeps_what_was_typed(open_page, project, reviewer):
    lines = "".join(f"line_{n} = {n}\n" for n in range(40))
    make_task(project, output=lines, ideal=lines + "more = 1\n")
    page = open_page(reviewer)
    start(page, project)
    page.locator("#note").fill("half a thought")
    page.get_by_role("link", name="Show 37 lines").click()
    expect(page.locator(".diff")).to_contain_text("line_20")
    expect(page.locator("#note")).to_have_value("half a thought")


def test_a_lost_hold_keeps_the_text_and_says_who_has_the_item(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    asked_ahead(page)
    page.locator("#note").fill("a long thought")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.press("Control+End")
    page.keyboard.type("# mine")
    queue.sweep(now() + LEASE)
    other = make_reviewer(project)
    queue.claim(project, other, now())
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text(f"{other.username} has it now")
    expect(page.locator("#note")).to_have_value("a long thought")
    expect(page.locator("#fix-code")).to_have_value(IDEAL + "# mine")
    assert not Verdict.objects.exists()
    make_task(project)
    page.get_by_role("button", name="Take the next item").click()
    expect(page.locator("[data-left]")).to_be_visible()


def test_a_hold_that_nobody_took_is_renewed_by_the_same_key(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    asked_ahead(page)
    page.locator("#note").fill("a long thought")
    queue.sweep(now() + LEASE)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nobody else has taken it")
    page.get_by_role("button", name="Take it again and accept").click()
    expect(page.locator(".done-toast")).to_be_visible()
    assert Verdict.objects.get().note == "a long thought"


def test_a_reload_keeps_the_hold_and_what_was_typed(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    page.locator("#note").fill("half a thought")
    page.reload()
    expect(page.locator("#note")).to_have_value("half a thought")
    expect(page.locator("[data-left]")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Nothing waits for review")).to_be_visible()
    assert Verdict.objects.get().note == "half a thought"


def test_leaving_the_page_shortens_the_hold(open_page, project, reviewer):
    make_task(project)
    page = open_page(reviewer)
    start(page, project)
    page.goto(f"/p/{project.slug}/review/")
    for _ in range(50):  # the browser sends it when it likes
        if ReviewTask.objects.get().leased_until < now() + timedelta(seconds=31):
            return
        page.wait_for_timeout(100)
    pytest.fail("the hold is as long as before")
