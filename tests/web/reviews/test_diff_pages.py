"""The diff by itself, in parts, and how it is read; without JavaScript through links and forms."""

import re
from html import unescape

import pytest

from curation.models import Vote
from lib.clock import now
from reviews import queue
from tests.builders import make_lead, make_person, make_project, make_reviewer
from tests.reviews_builders import make_task
from tests.shown import shown

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ADDRESSES = [("get", "diff"), ("get", "suggestion"), ("post", "reading")]


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project, client):
    person = make_reviewer(project)
    client.force_login(person)
    return person


def address(project, task, act=""):
    return f"/p/{project.slug}/review/{task.pk}/{act}"


LONG = "".join(f"line_{n} = {n}\n" for n in range(60))
OLD, NEW = "x = f(a, b)\ny = 1\n", "x = f(\n    a,\n    b,\n)\ny = 2\n"
HUGE = "".join(f"value_{n} = {n}\n" for n in range(2_000))


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_nobody_is_asked_to_log_in(client, project, method, act):
    answer = getattr(client, method)(address(project, make_task(project), act), headers=HTMX)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_an_outsider_sees_no_project(client, project, method, act):
    client.force_login(make_reviewer(make_project()))
    answer = getattr(client, method)(address(project, make_task(project), act), headers=HTMX)
    assert answer.status_code == 404


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_a_developer_may_not(client, project, method, act):
    client.force_login(make_person(project, "developer"))
    answer = getattr(client, method)(address(project, make_task(project), act), headers=HTMX)
    assert answer.status_code == 403


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_who_reads_the_code_may(client, project, method, act):
    client.force_login(make_lead(project))
    answer = getattr(client, method)(address(project, make_task(project), act), headers=HTMX)
    assert answer.status_code == 200
    assert ('id="diff"' in answer.text) is (act != "suggestion")


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_an_item_of_another_project_is_not_there(client, project, reviewer, method, act):
    other = make_task(make_project())
    assert getattr(client, method)(address(project, other, act)).status_code == 404


def test_a_part_is_rows_only_and_without_htmx_the_page(client, project, reviewer):
    task = make_task(project, output=LONG, ideal=LONG + "more = 1\n")
    part = client.get(address(project, task, "diff?row=0&until=57&open=0"), headers=HTMX).text
    assert "line_20" in part
    assert "<table" not in part
    assert "more" not in part
    answer = client.get(address(project, task, "diff?row=0&until=57&open=0"))
    assert answer.url == address(project, task, "?row=0&open=0")
    assert "line_20" in client.get(answer.url).text


def test_a_fold_opens_and_closes_by_its_links_and_all_of_them_by_one(client, project, reviewer):
    task = make_task(project, output=LONG, ideal=LONG + "more = 1\n")
    closed = client.get(address(project, task)).text
    assert "Show 57 lines" in closed
    opened = client.get(address(project, task, "?open=0")).text
    assert "Fold 57 lines" in opened
    everything = client.get(address(project, task, "?open=all")).text
    assert "line_20" in everything
    assert "Show 57 lines" not in everything


def test_formatting_is_hidden_on_request_and_the_page_says_what_it_hides(client, project, reviewer):
    task = make_task(project, output=OLD, ideal=NEW, language="python")
    page = client.get(address(project, task, "?hide=format")).text
    assert "4 hidden" in page
    assert "−1" in page
    assert "+1" in page
    assert "This address shows the diff in another way than you do." in page
    assert "hidden</span>" not in client.get(address(project, task)).text


def test_an_address_keeps_nothing_and_a_form_does(client, project, reviewer):
    task = make_task(project, output=OLD, ideal=NEW, language="python")
    client.get(address(project, task, "?view=unified&hide=format"))
    assert 'class="diff is-unified"' not in client.get(address(project, task)).text
    answer = client.post(address(project, task, "reading?hide=blanks&path=x"), {"view": "unified"})
    assert answer.url == address(project, task, "?path=x")
    assert 'class="diff is-unified"' in client.get(address(project, task)).text
    client.post(address(project, task, "reading"), {"hide": "format"})
    page = shown(client.get(address(project, task)))
    assert "4 hidden" in page
    assert "another way" not in page
    other = make_task(project, output=OLD, ideal=NEW, language="python")
    assert "4 hidden" in client.get(address(project, other)).text


def test_htmx_gets_the_diff_as_it_was_just_chosen(client, project, reviewer):
    task = make_task(project, output=OLD, ideal=NEW, language="python")
    answer = client.post(address(project, task, "reading"), {"hide": "format"}, headers=HTMX)
    assert answer.cookies["review_hide"].value == "format"
    assert answer.text.strip().startswith("<section")
    assert "4 hidden" in answer.text


def test_nonsense_is_not_kept(client, project, reviewer):
    task = make_task(project)
    answer = client.post(address(project, task, "reading"), {"hide": "x", "view": "<script>"})
    assert not answer.cookies


def test_where_there_is_no_grammar_the_page_says_so(client, project, reviewer):
    task = make_task(project, output=OLD, ideal=NEW, language="cobol", file_path="a.cbl")
    page = client.get(address(project, task, "?hide=format")).text
    assert "cannot be compared as syntax" in page


def test_moved_lines_lead_to_their_other_end(client, project, reviewer):
    one = "def first(a):\n    value = compute(a)\n    return value\n\n\n"
    two = "def second(b):\n    log('second', b)\n    return store(b)\n\n\nLAST = 1\n"
    task = make_task(project, output=one + two, ideal=two + one)
    page = client.get(address(project, task)).text
    assert "3 lines moved to line 7" in page
    assert 'href="#ideal-7"' in page
    assert 'id="ideal-7"' in page
    assert "3 lines moved here from line 1" in page


def test_a_long_diff_comes_after_the_decision_and_is_one_link_away(
    client, project, reviewer, django_assert_max_num_queries
):
    task = make_task(project, output=HUGE, ideal=HUGE.replace("= 7\n", "= seven\n"))
    page = client.get(address(project, task)).text
    assert "data-diff" not in page
    assert 'hx-trigger="load"' in page
    link = unescape(re.search(r'<a href="([^"]*row=0[^"]*)">Show the diff', page)[1])
    assert "seven" in client.get(address(project, task, link)).text
    with django_assert_max_num_queries(12):
        part = client.get(address(project, task, "diff"), headers=HTMX).text
    assert "seven" in part


def test_a_long_change_comes_in_parts_that_leave_out_no_line(client, project, reviewer):
    task = make_task(project, output="gone\n", ideal=HUGE)
    shown, link = [], "diff"
    while link:
        part = client.get(address(project, task, link), headers=HTMX).text
        shown += re.findall(r'id="ideal-(\d+)"', part)
        more = re.search(r'hx-get="[^"]*/(diff\?[^"]*row=[^"]*until=[^"]*)" hx-trigger', part)
        link = unescape(more[1]) if more else ""
    assert shown == [str(n) for n in range(1, 2_001)]


@pytest.fixture
def with_findings(project):
    task = make_task(project, output="x = eval(y)\n", ideal="import os\nx = int(y)\n")
    common = {"message": "m", "line": 1, "column": 0}
    findings = [
        common | {"tool": "ruff", "rule": "S307", "side": "output", "state": "fixed"},
        common | {"tool": "bandit", "rule": "B307", "side": "output", "state": "fixed"},
        common | {"tool": "ruff", "rule": "F401", "side": "ideal", "state": "introduced"},
    ]
    Vote.objects.create(
        example=task.example,
        labeler="analysers",
        version=99,
        evidence={"findings": findings},
    )
    return task


def hidden(page):
    return re.findall(r'<div class="fi[^>]*data-tool="(\w+)" data-state="(\w+)" hidden', page)


def test_findings_are_filtered_by_the_address_in_the_list_and_on_the_diff(
    client, project, reviewer, with_findings
):
    page = client.get(address(project, with_findings)).text
    assert hidden(page) == []
    page = client.get(address(project, with_findings, "?tool=ruff")).text
    assert hidden(page) == [("bandit", "fixed")] * 2
    page = client.get(address(project, with_findings, "?tool=ruff&state=introduced")).text
    assert sorted(set(hidden(page))) == [("bandit", "fixed"), ("ruff", "fixed")]
    part = client.get(address(project, with_findings, "diff?state=fixed"), headers=HTMX).text
    assert hidden(part) == [("ruff", "introduced")]


def test_a_finding_that_is_filtered_away_underlines_nothing(
    client, project, reviewer, with_findings
):
    assert "<u>" in client.get(address(project, with_findings)).text
    assert "<u>" not in client.get(address(project, with_findings, "?tool=eslint")).text


@pytest.mark.parametrize(
    "text",
    ["\x01\x7f" * 50, "a\rb\rc\r", "\u202eabc\u2066", "x" * 300_000, "\n" * 30_000, "(" * 50_000],
)
@pytest.mark.parametrize("hide", ["nothing", "blanks", "format"])
def test_hostile_text_is_shown_inert_whatever_is_hidden(client, project, reviewer, text, hide):
    task = make_task(project, output=text, ideal=text + "<script>\n", language="python")
    answer = client.get(address(project, task, f"diff?hide={hide}&blanks=shown"), headers=HTMX)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert len(answer.content) < 2_000_000


def test_the_page_holds_the_code_once_and_the_suggestion_is_fetched(client, project, reviewer):
    task = make_task(project, output="<script>1</script>\n", ideal="fixed = 1\n")
    queue.claim_task(task, reviewer, now())
    page = client.get(address(project, task)).text
    assert page.count("fixed = 1") == 1
    assert f'data-suggestion="{address(project, task, "suggestion")}"' in page
    answer = client.get(address(project, task, "suggestion"))
    assert answer.content == b"<script>1</script>\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
