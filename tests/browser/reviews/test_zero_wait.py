"""The next item is there at once, and no decision is lost: offline, reloaded, in two tabs."""

import gzip
import re
import statistics

import pytest
from playwright.sync_api import expect

from lib.clock import now
from reviews import queue
from reviews.models import ReviewTask, Verdict
from tests.browser.conftest import session_of
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project):
    return make_reviewer(project)


def items(project, how_many):
    for n in range(how_many):
        make_task(project, file_path=f"src/item_{n}.py", urgency=900 - n)


def ready(page, fetched=2):
    """Wait until so many items are fetched ahead."""
    page.wait_for_selector(f"html[data-ahead='{fetched}']", state="attached")


def start(page, project, fetched=2):
    page.goto(f"/p/{project.slug}/review/")
    page.locator("[data-act=take]").click()
    page.wait_for_selector("#decision")
    ready(page, fetched)


def shows(page, name):
    expect(page.locator("#item-title")).to_contain_text(name)
    expect(page.locator("html[data-painting]")).to_have_count(0)


def sent(page):
    page.wait_for_selector("html[data-unsent='0']", state="attached", timeout=40_000)


def test_the_next_two_are_leased_and_the_next_one_is_painted_at_once(open_page, project, reviewer):
    items(project, 8)
    page = open_page(reviewer)
    start(page, project)
    assert ReviewTask.objects.filter(leased_to=reviewer).count() == 3
    for n in range(5):
        ready(page)
        page.keyboard.press("a")
        shows(page, f"item_{n + 1}.py")
        sent(page)
    took = page.evaluate("performance.getEntriesByName('emend:next').map((each) => each.duration)")
    median = statistics.median(took)
    print(f"\nnext item painted: median {median:.0f} ms, all {sorted(map(int, took))}")
    assert len(took) == 5
    assert Verdict.objects.filter(kind="accept").count() == 5
    assert not ReviewTask.objects.filter(state="leased").exclude(leased_to=reviewer).exists()


def test_offline_for_a_while_loses_nothing(open_page, project, reviewer):
    items(project, 5)
    page = open_page(reviewer)
    start(page, project)
    page.context.set_offline(True)
    page.keyboard.press("2")
    page.keyboard.press("a")
    shows(page, "item_1.py")
    page.locator("#note").fill("written offline")
    page.keyboard.press("Control+Enter")
    shows(page, "item_2.py")
    badge = page.locator("[data-outbox]")
    expect(badge).to_contain_text("2 unsent")
    page.keyboard.press("s")
    expect(page.locator("#item-title")).to_contain_text("Waiting for the server")
    expect(badge).to_contain_text("3 unsent")
    assert not Verdict.objects.exists()
    page.context.set_offline(False)
    shows(page, "item_3.py")
    sent(page)
    expect(badge).to_be_hidden()
    given = Verdict.objects.order_by("id").values_list("kind", "task__file_path", "note")
    assert [(kind, path[-9:], note) for kind, path, note in given] == [
        ("accept", "item_0.py", ""),
        ("accept", "item_1.py", "written offline"),
        ("skip", "item_2.py", ""),
    ]


def test_a_reload_while_the_server_is_down_keeps_what_was_decided(open_page, project, reviewer):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    page.route("**/decide*", lambda route: route.abort())
    page.keyboard.press("a")
    shows(page, "item_1.py")
    expect(page.locator("[data-outbox]")).to_contain_text("1 unsent")
    page.reload()
    expect(page.locator("[data-outbox]")).to_contain_text("1 unsent")
    page.locator("[data-outbox]").click()
    expect(page.locator("[data-outbox-list]")).to_contain_text("Accepted item_0.py")
    expect(page.get_by_role("button", name="Send again")).to_be_hidden()
    page.unroute("**/decide*")
    page.get_by_role("button", name="Send now").click()
    sent(page)
    assert Verdict.objects.get().task.file_path == "src/item_0.py"


def test_an_answer_that_got_lost_counts_once(open_page, project, reviewer):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    lost = []

    def lose_the_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/decide*", lose_the_first)
    page.keyboard.press("a")
    shows(page, "item_1.py")
    sent(page)
    assert len(lost) == 1
    assert Verdict.objects.count() == 1


def test_undo_of_what_was_not_sent_leaves_no_trace(open_page, project, reviewer):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    page.context.set_offline(True)
    page.locator("#note").fill("not so sure")
    page.keyboard.press("Control+Enter")
    shows(page, "item_1.py")
    page.keyboard.press("z")
    shows(page, "item_0.py")
    expect(page.locator("#note")).to_have_value("not so sure")
    page.context.set_offline(False)
    page.wait_for_timeout(300)
    assert not Verdict.objects.exists()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    shows(page, "item_1.py")
    sent(page)
    assert [each.kind for each in Verdict.objects.all()] == ["skip"]


def test_undo_of_what_was_sent_is_a_record(open_page, project, reviewer):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    page.keyboard.press("a")
    shows(page, "item_1.py")
    sent(page)
    page.keyboard.press("h")
    expect(page.locator("#last-ten")).to_contain_text("item_0.py")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.wait_for_url("**/review/*/")
    expect(page.locator("#item-title")).to_contain_text("item_0.py")
    kinds = list(Verdict.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["accept", "undo"]


def test_a_refusal_keeps_the_words_and_leads_to_the_item(open_page, project, reviewer):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    page.context.set_offline(True)
    page.locator("#note").fill("a long thought")
    page.keyboard.press("Control+Enter")
    shows(page, "item_1.py")
    queue.sweep(now() + queue.LEASE)
    page.context.set_offline(False)
    badge = page.locator("[data-outbox]")
    expect(badge).to_contain_text("1 refused", timeout=40_000)
    badge.click()
    row = page.locator("[data-outbox-list]")
    expect(row).to_contain_text("Your hold on this item ran out")
    row.get_by_role("link", name="Open the item").click()
    page.get_by_role("button", name="Review this item").click()
    expect(page.locator("#note")).to_have_value("a long thought")
    assert not Verdict.objects.exists()


def test_two_tabs_send_each_decision_once(open_page, project, reviewer):
    items(project, 6)
    page = open_page(reviewer)
    start(page, project)
    answered = []  # a request that fails while the line comes back is sent again, as it should be
    other = page.context.new_page()
    for each in (page, other):
        each.on("response", lambda response: answered.append(response.url))
    other.goto(f"/p/{project.slug}/review/?tab=mine")
    page.context.set_offline(True)
    page.keyboard.press("a")
    shows(page, "item_1.py")
    page.keyboard.press("a")
    shows(page, "item_2.py")
    answered.clear()
    page.context.set_offline(False)
    sent(page)
    other.wait_for_selector("html[data-unsent='0']", state="attached")
    assert Verdict.objects.count() == 2
    assert len([url for url in answered if "/decide" in url]) == 2
    other.close()


def test_another_person_at_the_same_browser_sends_nothing_of_the_first(
    open_page, project, reviewer, live_server
):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    page.route("**/decide*", lambda route: route.abort())
    page.keyboard.press("a")
    shows(page, "item_1.py")
    other = make_reviewer(project)
    page.goto("about:blank")
    page.context.clear_cookies()
    page.context.add_cookies([session_of(other, live_server.url)])
    page.unroute("**/decide*")
    page.goto(f"/p/{project.slug}/review/")
    page.wait_for_selector("html[data-unsent='0']", state="attached")
    page.wait_for_timeout(500)
    assert not Verdict.objects.exists()
    page.context.clear_cookies()
    page.context.add_cookies([session_of(reviewer, live_server.url)])
    page.reload()
    sent(page)
    page.wait_for_timeout(500)
    assert Verdict.objects.get().reviewer == reviewer


def test_logging_out_sends_what_is_unsent_or_asks_and_leaves_nothing_behind(
    open_page, project, reviewer
):
    items(project, 5)
    page = open_page(reviewer)
    start(page, project)
    page.locator("#note").fill("half a thought")
    page.route("**/decide*", lambda route: route.abort())
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    shows(page, "item_1.py")
    page.locator("#note").fill("a whole one")
    menu = page.locator("summary[aria-label^='Your account']")
    menu.click()
    page.get_by_role("button", name="Log out").click()
    asks = page.locator("#log-out-asks")
    expect(asks).to_contain_text("item_0.py", timeout=15_000)
    expect(asks.get_by_role("button", name="Stay")).to_be_focused()
    asks.get_by_role("button", name="Stay").click()
    page.unroute_all()
    if not page.get_by_role("button", name="Log out").is_visible():
        menu.click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/**")
    assert Verdict.objects.get().note == "half a thought"
    kept = """async () => {
        const db = await new Promise((done) => {
            const asked = indexedDB.open("emend");
            asked.onsuccess = () => done(asked.result);
        });
        const read = (name) => new Promise((done) => {
            const asked = db.transaction(name).objectStore(name).getAll();
            asked.onsuccess = () => done(asked.result);
        });
        const left = Object.keys(sessionStorage).filter((key) => !key.includes("current-path"));
        return [await read("outbox"), await read("drafts"), left];
    }"""
    assert page.evaluate(kept) == [[], [], []]


def test_leaving_gives_back_what_was_fetched_ahead(open_page, project, reviewer):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    page.goto(f"/p/{project.slug}/review/")
    for _ in range(50):
        if ReviewTask.objects.filter(state="leased").count() <= 1:
            return
        page.wait_for_timeout(100)
    pytest.fail("still held")


def test_two_reviewers_never_meet_on_one_item(open_page, project, reviewer):
    items(project, 6)
    first, second = open_page(reviewer), open_page(make_reviewer(project))
    start(first, project)
    start(second, project)
    for _ in range(2):
        for page in (first, second):
            title = page.locator("#item-title").inner_text()
            page.keyboard.press("a")
            expect(page.locator("#item-title")).not_to_have_text(title)
            sent(page)
    assert Verdict.objects.count() == 4
    assert Verdict.objects.values("task").distinct().count() == 4


def test_a_held_key_and_a_double_click_decide_once(open_page, project, reviewer):
    items(project, 5)
    page = open_page(reviewer)
    start(page, project)
    page.keyboard.down("s")
    for _ in range(5):
        page.keyboard.down("s")  # repeats, as a held key does
    page.keyboard.up("s")
    shows(page, "item_1.py")
    sent(page)
    ready(page)
    page.get_by_role("button", name="Skip").dblclick()
    shows(page, "item_2.py")
    sent(page)
    page.wait_for_timeout(200)
    shows(page, "item_2.py")
    assert Verdict.objects.count() == 2


def test_by_mouse_alone(open_page, project, reviewer):
    items(project, 4)
    page = open_page(reviewer)
    start(page, project)
    page.get_by_text("Logic", exact=True).last.click()
    page.get_by_role("button", name=re.compile("^Accept A")).click()
    shows(page, "item_1.py")
    page.locator(".done-toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#item-title")).to_contain_text("item_0.py")


def test_a_page_is_light_and_the_next_item_lighter(open_page, project, reviewer):
    make_tasks(project, 4)
    page = open_page(reviewer, fresh=True)
    sizes = {}

    def weigh(response):
        if response.request.method == "GET" and response.ok:
            sizes[response.url] = packed(response)

    page.on("response", weigh)
    start(page, project)
    page.wait_for_load_state("networkidle")
    nexts = [url for url in sizes if re.search(r"/review/\d+/$", url)]
    first = sum(size for url, size in sizes.items() if url not in nexts[1:])
    heaviest = max(sizes[url] for url in nexts)
    print(f"\nfirst load {first / 1000:.0f} kB, next item {heaviest / 1000:.1f} kB")
    assert not [url for url in sizes if "codemirror" in url]
    assert first <= 200_000
    assert len(nexts) == 3
    assert heaviest <= 30_000


def packed(response):
    """Bytes of the body as a server that compresses sends it."""
    return len(gzip.compress(response.body(), 6))
