"""A web process killed in the middle of a submit: the decision is whole or not there."""

import time
from contextlib import closing, suppress
from http.client import HTTPException
from threading import Thread
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction

from curation.models import Decision, Example
from lib.clock import now
from reviews import queue
from reviews.models import ReviewTask, Verdict
from tests.builders import make_project, make_reviewer
from tests.live import Server
from tests.reviews_builders import make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
CSRF = "killedkilledkilledkilledkilledki"  # 32 characters, as Django makes them
# Of this database: other workers' tests wait for locks, too
WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
 WHERE NOT granted AND datname = current_database()
"""
OTHERS = """
SELECT coalesce(array_agg(pid), '{}') FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def servers():
    started, before = [], set(asked(OTHERS))  # such as those of the browser tests' server
    yield started
    for each in started:
        if each.child.poll() is None:
            each.kill()
    until(lambda: set(asked(OTHERS)) <= before)  # a killed process's end a moment later


@pytest.fixture
def task():
    project = make_project()
    make_task(project)
    claimed = queue.claim(project, make_reviewer(project), now())
    claimed.project = project  # the sending thread must not ask the database
    return claimed


def submit(server, task, session):
    """Send the accept; the status, or None where no answer came."""
    said = {"token": task.lease_token, "epoch": task.lease_epoch, "verdict": "accept"}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={session}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
    }
    path = f"/p/{task.project.slug}/review/{task.pk}/decide"
    with closing(server.connect()) as client, suppress(OSError, HTTPException):
        client.request("POST", path, urlencode(said | {"category": "logic"}), headers)
        return client.getresponse().status
    return None


def kill_in_the_middle(server, task, session):
    """Hold the example, so that the submit stops after its first change; then kill -9."""
    with transaction.atomic():
        Example.objects.select_for_update().get(pk=task.example_id)
        answers = []
        sending = Thread(target=lambda: answers.append(submit(server, task, session)))
        sending.start()
        until(lambda: asked(WAITING) > 0)
        server.kill()
        sending.join(30)
    assert answers == [None]
    until(lambda: asked(WAITING) == 0)


def asked(question):
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def until(true):
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_submit_cut_short_decided_nothing_and_sent_again_decides_once(servers, task, client):
    client.force_login(task.leased_to)
    session = client.cookies["sessionid"].value
    servers.append(Server())
    kill_in_the_middle(servers[0], task, session)
    stored = ReviewTask.objects.get()
    assert (stored.state, stored.lease_token) == ("leased", task.lease_token)
    assert not Verdict.objects.exists()
    assert not Decision.objects.exists()

    servers.append(Server())
    assert [submit(servers[1], task, session) for _ in range(2)] == [302, 302]
    assert ReviewTask.objects.get().state == "decided"
    assert Verdict.objects.count() == Decision.objects.count() == 1


def test_outside_of_one_transaction_a_decision_would_be_lost(servers, task, client):
    """Negative control: a slot that nobody decided counts as decided, for good."""
    client.force_login(task.leased_to)
    servers.append(Server("tests.torn:application"))
    kill_in_the_middle(servers[0], task, client.cookies["sessionid"].value)
    assert ReviewTask.objects.get().state == "decided"
    assert not Verdict.objects.exists()
