"""Deciding in the workspace, and the hold it needs: given, lost, taken again, left and released."""

import re
from datetime import timedelta

import pytest

from curation.models import Decision
from lib.clock import now
from reviews import queue, verdicts
from reviews.models import ReviewTask, Verdict
from reviews.queue import LEASE, lease_of
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import claimed_by, hold, make_task, verdict_of
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


# Deciding


@pytest.mark.parametrize(
    ("kind", "more", "state"),
    [
        ("accept", {}, "decided"),
        ("fix", {"code": "import json\r\n"}, "decided"),
        ("reject", {"reason": "wrong"}, "decided"),
        ("escalate", {}, "escalated"),
        ("skip", {}, "open"),
    ],
)
def test_a_decision_leads_to_the_next_item_and_can_be_undone(
    client, project, reviewer, kind, more, state
):
    task = claimed_by(reviewer, project, urgency=900)
    other = make_task(project)
    answer = client.post(address(project, task, "decide"), verdict_of(task, kind, **more))
    verdict = Verdict.objects.get()
    assert answer.url == address(project, other) + f"?done={verdict.pk}"
    assert ReviewTask.objects.get(pk=task.pk).state == state
    page = client.get(answer.url).text
    assert "Undo" in page
    back = client.post(address(project, act="undo"), {"verdict": verdict.pk})
    assert back.url == address(project, task)
    assert ReviewTask.objects.get(pk=task.pk).leased_to == reviewer


def test_a_fix_has_the_line_ends_of_the_code_it_fixes(client, project, reviewer):
    task = claimed_by(reviewer, project)
    client.post(address(project, task, "decide"), verdict_of(task, "fix", code="a\r\nb\r\n"))
    assert Verdict.objects.get().fixed.text == "a\nb\n"
    task = claimed_by(reviewer, project, ideal="a\r\nb\r\n")
    client.post(address(project, task, "decide"), verdict_of(task, "fix", code="c\r\nd\r\n"))
    assert Verdict.objects.last().fixed.text == "c\r\nd\r\n"


def test_the_code_to_fix_survives_the_page_to_the_letter(client, project, reviewer):
    code = "\n\n  x = '</textarea>&amp;'\n"
    task = claimed_by(reviewer, project, ideal=code)
    page = client.get(address(project, task)).text
    inside = re.search(r'wrap="off"[^>]*>\n(.*?)</textarea>', page, re.DOTALL).group(1)
    assert inside == code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace(
        "'", "&#x27;"
    )


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("accept", {"category": ""}, "Choose what kind of failure it is."),
        ("accept", {"category": "nonsense"}, "Select a valid choice"),
        ("reject", {"reason": ""}, "Say why"),
        ("reject", {"reason": "nonsense"}, "Select a valid choice"),
        ("fix", {"code": "  \n"}, "Write the code to learn"),
        ("nonsense", {}, "Press one of the buttons"),
        ("accept", {"note": "x" * 10_001}, "at most"),
        ("fix", {"code": "a\x00b"}, "Null characters"),
    ],
)
def test_a_wrong_form_says_what_is_missing_and_keeps_what_was_typed(
    client, project, reviewer, kind, more, words
):
    task = claimed_by(reviewer, project)
    sent = verdict_of(task, kind, note="my long thought") | more
    answer = client.post(address(project, task, "decide"), sent)
    assert answer.status_code == 422
    assert words in answer.text
    if "note" not in more:
        assert "my long thought" in answer.text
    assert not Verdict.objects.exists()
    assert str(task.lease_token) in answer.text


def test_a_lost_lease_is_a_409_that_keeps_the_text_and_says_who_has_it(client, project, reviewer):
    task = claimed_by(reviewer, project)
    sent = verdict_of(task, "fix", note="my long thought", code="my = 'code'")
    queue.sweep(now() + LEASE)
    other = make_reviewer(project)
    queue.claim(project, other, now())
    answer = client.post(address(project, task, "decide"), sent, headers=HTMX)
    assert answer.status_code == 409
    assert answer.text.strip().startswith('<div class="work-body" id="workspace"')
    assert f"{other.username} has it now" in answer.text
    assert "my long thought" in answer.text
    assert "my = &#x27;code&#x27;" in answer.text
    assert "Take the next item" in answer.text
    assert not Verdict.objects.exists()


def test_a_lost_lease_nobody_took_is_taken_again_and_applied_by_one_button(
    client, project, reviewer
):
    task = claimed_by(reviewer, project)
    sent = verdict_of(task, "accept", note="kept")
    queue.sweep(now() + LEASE)
    answer = client.post(address(project, task, "decide"), sent)
    assert answer.status_code == 409
    assert "Take it again and accept" in answer.text
    assert 'name="retake" value="on"' in answer.text
    again = {"verdict": "accept", "category": "logic", "note": "kept", "retake": "on"}
    client.post(address(project, task, "decide"), again)
    assert Decision.objects.get().outcome == "accepted"
    assert Verdict.objects.get().note == "kept"


def test_taking_again_what_somebody_has_meanwhile_changes_nothing(client, project, reviewer):
    task = claimed_by(make_reviewer(project), project)
    again = {"verdict": "accept", "category": "logic", "retake": "on"}
    answer = client.post(address(project, task, "decide"), again)
    assert answer.status_code == 409
    assert not Verdict.objects.exists()


def test_a_forged_hold_decides_nothing(client, project, reviewer):
    task = claimed_by(make_reviewer(project), project)
    answer = client.post(address(project, task, "decide"), verdict_of(task, "accept"))
    assert answer.status_code == 409
    assert ReviewTask.objects.get().state == "leased"


def test_the_last_item_leads_back_to_the_queue_also_in_htmx(client, project, reviewer):
    task = claimed_by(reviewer, project)
    sent = verdict_of(task, "accept")
    answer = client.post(address(project, task, "decide"), sent, headers=HTMX)
    verdict = Verdict.objects.get()
    assert answer["HX-Redirect"] == address(project) + f"?done={verdict.pk}"
    assert "Undo" in client.get(answer["HX-Redirect"]).text


def test_filters_hold_from_item_to_item(client, project, reviewer):
    task = claimed_by(reviewer, project, language="go")
    make_task(project, urgency=999)
    other = make_task(project, language="go", urgency=1)
    to = address(project, task, "decide") + "?language=go"
    answer = client.post(to, verdict_of(task, "accept"))
    assert answer.url.startswith(address(project, other) + "?language=go&done=")


def test_the_address_follows_the_item(client, project, reviewer):
    task = claimed_by(reviewer, project)
    answer = client.get(address(project, task) + "?language=go&done=1", headers=HTMX)
    assert answer["HX-Push-Url"] == address(project, task) + "?language=go"


def test_undoing_twice_says_that_it_is_too_late(client, project, reviewer):
    task = claimed_by(reviewer, project)
    client.post(address(project, task, "decide"), verdict_of(task, "accept"))
    verdict = Verdict.objects.get()
    client.post(address(project, act="undo"), {"verdict": verdict.pk})
    answer = client.post(address(project, act="undo"), {"verdict": verdict.pk}, follow=True)
    assert "too late to undo" in answer.text


def test_nobody_undoes_what_another_person_decided(client, project, reviewer):
    task = claimed_by(make_reviewer(project), project)
    verdict = verdicts.reject(task, lease_of(task), now(), reason="wrong")
    answer = client.post(address(project, act="undo"), {"verdict": verdict.pk})
    assert answer.status_code == 404


# The hold


def test_a_heartbeat_renews_the_hold(client, project, reviewer):
    task = claimed_by(reviewer, project)
    ReviewTask.objects.update(leased_until=now() + timedelta(seconds=20))
    answer = client.post(address(project, task, "heartbeat"), hold(task))
    assert answer.json() == {"seconds": 600}
    assert ReviewTask.objects.get().leased_until > now() + timedelta(minutes=9)


@pytest.mark.parametrize("sent", [{}, {"token": "x", "epoch": "y"}, {"epoch": 1}])
def test_a_heartbeat_without_the_hold_is_told_what_happened(client, project, reviewer, sent):
    other = make_reviewer(project)
    task = claimed_by(other, project)
    answer = client.post(address(project, task, "heartbeat"), sent)
    assert answer.status_code == 409
    assert other.username in answer.json()["problem"]


def test_leaving_the_page_keeps_the_item_for_half_a_minute(client, project, reviewer):
    task = claimed_by(reviewer, project)
    answer = client.post(address(project, task, "release"), hold(task) | {"later": "yes"})
    assert answer.status_code == 204
    left = ReviewTask.objects.get().leased_until - now()
    assert timedelta(seconds=20) < left <= timedelta(seconds=30)


def test_releasing_gives_the_item_back_at_once(client, project, reviewer):
    task = claimed_by(reviewer, project)
    answer = client.post(address(project, task, "release"), hold(task), follow=True)
    assert "Released load.py" in answer.text
    assert ReviewTask.objects.get().state == "open"
    answer = client.post(address(project, task, "release"), hold(task), follow=True)
    assert "did not hold that item" in answer.text


def test_a_person_never_retakes_a_correction_of_their_own(client, project, reviewer):
    task = make_task(project, developer=reviewer.username)
    sent = {"verdict": "accept", "category": "logic", "severity": "low", "retake": "on"}
    assert client.post(address(project, task, "decide"), sent).status_code == 409
    assert not Verdict.objects.exists()
