"""The queue page and the workspace: who sees them, what is on them, and claiming from them."""

import re

import pytest

from lib.clock import now, shared
from reviews import queue, verdicts
from reviews.models import ReviewTask
from reviews.queue import LEASE, lease_of
from tests.builders import make_curator, make_lead, make_person, make_project, make_reviewer
from tests.reviews_builders import IDEAL, claimed_by, make_task, make_tasks
from tests.reviews_builders import task_address as address

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project, client):
    person = make_reviewer(project)
    client.force_login(person)
    return person


# Who may


ADDRESSES = [
    ("get", ""),
    ("post", "next"),
    ("post", "undo"),
    ("get", "task"),
    ("post", "decide"),
    ("post", "heartbeat"),
    ("post", "release"),
]


def call(client, project, task, method, act):
    act = "" if act == "task" else act
    inside = (method, act) == ("get", "") or act in ("decide", "heartbeat", "release")
    return getattr(client, method)(address(project, task if inside else None, act))


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_nobody_is_asked_to_log_in(client, project, method, act):
    answer = call(client, project, make_task(project), method, act)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_an_outsider_sees_no_project(client, project, method, act):
    client.force_login(make_reviewer(make_project()))
    assert call(client, project, make_task(project), method, act).status_code == 404


@pytest.mark.parametrize(("method", "act"), ADDRESSES)
def test_a_developer_may_not(client, project, method, act):
    client.force_login(make_person(project, "developer"))
    assert call(client, project, make_task(project), method, act).status_code == 403


@pytest.mark.parametrize(("method", "act"), [a for a in ADDRESSES if a[0] == "post"])
def test_who_only_reads_may_not_act(client, project, method, act):
    client.force_login(make_lead(project))
    assert call(client, project, make_task(project), method, act).status_code == 403


def test_who_only_reads_sees_the_code_and_no_form(client, project):
    client.force_login(make_lead(project))
    task = make_task(project)
    assert client.get(address(project)).status_code == 200
    page = client.get(address(project, task)).text
    assert "json" in page
    assert 'id="decision"' not in page
    assert "Review this item" not in page


def test_a_slot_of_another_project_is_not_there(client, project, reviewer):
    other = make_task(make_project())
    for method, act in (("get", ""), ("post", "decide"), ("post", "release")):
        assert getattr(client, method)(address(project, other, act)).status_code == 404
    named = client.post(address(project, act="next"), {"task": other.pk})
    assert named.status_code == 404


# The queue


def test_the_queue_lists_the_most_urgent_first_in_a_fixed_number_of_queries(
    client, project, reviewer, django_assert_num_queries
):
    make_tasks(project, 20, urgency=lambda n: 100 + n)
    with django_assert_num_queries(QUEUE_QUERIES):
        page = client.get(address(project)).text
    doubts = [int(found) for found in re.findall(r'<td class="num">(\d+) %', page)]
    assert len(doubts) == 15
    assert doubts == sorted(doubts, reverse=True)
    after = re.search(r'rel="next" href="([^"]+)"', page).group(1).replace("&amp;", "&")
    second = client.get(address(project) + after).text
    assert len(re.findall(r'<td class="num">\d+ %', second)) == 5
    assert 'rel="prev"' in second


QUEUE_QUERIES = 8


def test_a_damaged_page_address_leads_to_the_first_page(client, project, reviewer):
    answer = client.get(address(project) + "?after=broken")
    assert answer.url == address(project)


@pytest.mark.parametrize("tab", ["waiting", "held", "escalated", "mine", "nonsense"])
def test_every_tab_has_its_rows_or_says_why_it_is_empty(client, project, reviewer, tab):
    page = client.get(address(project) + f"?tab={tab}")
    assert page.status_code == 200
    assert 'class="empty"' in page.text
    for state in ("held", "escalated", "mine"):
        task = claimed_by(reviewer, project, file_path=f"{state}/x.py")
        if state == "escalated":
            verdicts.escalate(task, lease_of(task), now())
        if state == "mine":
            category = project.categories.first()
            verdicts.accept(task, lease_of(task), now(), category=category)
        if state == "held":
            queue.leave(task, lease_of(task), now() - LEASE)
            ReviewTask.objects.filter(pk=task.pk).update(leased_to=make_reviewer(project))
    make_task(project, file_path="waiting/x.py")
    page = client.get(address(project) + f"?tab={tab}").text
    shown = "waiting" if tab == "nonsense" else tab
    assert f"{shown}/" in page
    assert len(re.findall('class="file path"', page)) == 1


def test_filters_live_in_the_address_and_are_shown_as_chips(client, project, reviewer):
    make_task(project, language="go", file_path="edge/limit.go")
    make_task(project)
    page = client.get(address(project) + "?language=go&doubt=20&path=LIMIT").text
    assert "limit.go" in page
    assert "load.py" not in page
    assert page.count("Remove filter") == 3
    start = re.search(r'action="([^"]+next[^"]*)"', page).group(1)
    assert "language=go" in start


@pytest.mark.parametrize(
    "query", ["doubt=-1", "doubt=x", "doubt=" + "9" * 40, "path=%00", "category=none", "language="]
)
def test_a_filter_that_makes_no_sense_breaks_nothing(client, project, reviewer, query):
    make_task(project)
    assert client.get(address(project) + f"?{query}").status_code == 200


def test_the_part_is_the_list_alone(client, project, reviewer):
    part = client.get(address(project), headers=HTMX).text.strip()
    assert part.startswith('<section class="card" id="queue-list"')
    assert "<html" not in part


# Claiming


def test_starting_claims_the_next_slot_and_shows_it(client, project, reviewer):
    make_task(project)
    answer = client.post(address(project, act="next"))
    task = ReviewTask.objects.get()
    assert task.leased_to == reviewer
    assert answer.url == address(project, task)
    page = client.get(answer.url).text
    assert 'id="decision"' in page
    assert str(task.lease_token) in page


def test_with_nothing_to_do_it_says_so_on_the_queue(client, project, reviewer):
    answer = client.post(address(project, act="next"), follow=True)
    assert "Nothing waits for you here now." in answer.text


def test_reading_claims_nothing(client, project, reviewer):
    task = make_task(project)
    client.get(address(project, task))
    assert ReviewTask.objects.get().state == "open"


def test_a_named_slot_is_claimed_unless_somebody_was_faster(client, project, reviewer):
    task = make_task(project)
    client.post(address(project, act="next"), {"task": task.pk})
    assert ReviewTask.objects.get().leased_to == reviewer
    other = make_task(project)
    queue.claim_task(other, make_reviewer(project), now())
    page = client.post(address(project, act="next"), {"task": other.pk}, follow=True).text
    assert "Somebody else was faster" in page
    assert 'id="decision"' not in page


def test_only_curators_take_what_was_escalated(client, project, reviewer):
    task = claimed_by(make_reviewer(project), project)
    verdicts.escalate(task, lease_of(task), now())
    client.post(address(project, act="next"), {"task": task.pk})
    assert ReviewTask.objects.get().state == "escalated"
    client.force_login(make_curator(project))
    client.post(address(project, act="next"), {"task": task.pk})
    assert ReviewTask.objects.get().state == "leased"


def test_a_persons_own_correction_is_not_offered(client, project, reviewer):
    task = make_task(project, developer=reviewer.username)
    page = client.get(address(project, task)).text
    assert "Your own correction" in page
    answer = client.post(address(project, act="next"), {"task": task.pk}, follow=True)
    assert "a correction of your own" in answer.text


# The workspace


def test_the_workspace_shows_everything_in_a_fixed_number_of_queries(
    client, project, reviewer, django_assert_num_queries
):
    make_tasks(project, 30)
    task = queue.claim(project, reviewer, now())
    shared()  # asked of the database twice a minute
    with django_assert_num_queries(TASK_QUERIES):
        page = client.get(address(project, task)).text
    for words in ("Never eval what a file says.", "Suggested category", "Load a settings file"):
        assert words in page


TASK_QUERIES = 23


@pytest.mark.parametrize("voted", [True, False])
def test_a_category_is_chosen_beforehand_only_where_somebody_voted(
    client, project, reviewer, voted
):
    task = claimed_by(reviewer, project, voted=voted)
    page = client.get(address(project, task)).text
    assert ('value="security" checked' in page) is voted
    assert ("No labeler had anything to say" in page) is not voted


def test_code_of_others_is_inert_and_hidden_characters_are_seen(client, project, reviewer):
    evil = "x = 1 # \u202e\n<script>alert(1)</script>\n"
    task = claimed_by(
        reviewer,
        project,
        output=evil,
        ideal=evil + "</textarea><script>",
        comment="<script>c</script>",
        file_path="<script>/<img src=x>.py",
    )
    page = client.get(address(project, task)).text
    assert "<script>alert" not in page
    assert "<script>c" not in page
    assert "<img src=x" not in page
    assert "</textarea><script>" not in page
    assert "U+202E</span>" in page


def test_a_fold_opens_by_its_address(client, project, reviewer):
    lines = "".join(f"line_{n} = {n}\n" for n in range(60))
    task = make_task(project, output=lines, ideal=lines + "more = 1\n")
    page = client.get(address(project, task)).text
    assert "line_20" not in page
    fold = re.search(r'href="([^"]*open=\d+)"', page).group(1)
    assert "line_20" in client.get(address(project, task) + fold).text


def test_the_ideal_is_what_the_diff_shows_at_the_right(client, project, reviewer):
    task = make_task(project)
    page = client.get(address(project, task)).text
    plain = re.sub(r"<[^>]+>", "", page)
    for line in IDEAL.splitlines():
        assert line in plain


@pytest.mark.parametrize(("act", "field"), [("next", "task"), ("undo", "verdict")])
def test_a_number_nobody_can_hold_breaks_nothing(client, project, reviewer, act, field):
    answer = client.post(address(project, act=act), {field: "9" * 5000})
    assert answer.status_code in (302, 404)
