"""A row whose transaction commits late, and two workers that announce at once."""

import json
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from curation.intake import OVERLAP
from feedback import originals
from feedback.clients import continue_dev
from lib.clock import now
from reviews import announcing, webhooks
from reviews.models import WebhookDelivery
from tests.builders import make_admin, make_ingest_key, make_project
from tests.curation_builders import make_example
from tests.race import PATIENCE, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    made = make_project()
    events = ["events.quarantined", "corrections.received"]
    webhooks.make(made, "https://example.org/", events, make_admin(made), now())
    for source in announcing.SOURCES:
        announcing.tell_new(source, now())
    return made


def quarantine(key, name):
    event = {"name": name, "schema": "0.3.0", "data": {"completionId": f"{name}-1"}}
    originals.keep(key, "continue", [continue_dev.item(event, now())], now())


def counted():
    bodies = WebhookDelivery.objects.filter(event="events.quarantined").values_list("body")
    return sum(json.loads(body)["data"]["count"] for (body,) in bodies)


def two_of_which_the_first_is_late(project):
    """Two events; the one with the smaller id commits when what is returned is called."""
    key, _ = make_ingest_key(project)
    written, may_commit = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            quarantine(key, "late")
            written.set()
            assert may_commit.wait(PATIENCE)

    def commit():
        may_commit.set()
        run.result()

    run = Run(late)
    assert written.wait(PATIENCE)
    quarantine(key, "quick")
    return commit


def late_and_quick(project):
    """How many are told where one with a smaller id commits after a reading."""
    commit = two_of_which_the_first_is_late(project)
    start = now()
    announcing.tell_new("quarantine", start)
    announcing.tell_new("quarantine", start + timedelta(seconds=5))
    commit()
    for times in (1, 2, 3):
        announcing.tell_new("quarantine", start + OVERLAP * times)
    return counted()


@pytest.fixture
def settled():
    """The first mark was made just now: let it settle, so that readings start at once."""
    mark = announcing.AnnouncementMark.objects.filter(pk="quarantine")
    return lambda: mark.update(seen_at=now() - OVERLAP)


def test_what_commits_late_is_still_told_once(project, settled):
    settled()
    assert late_and_quick(project) == 2


def test_without_waiting_it_would_be_missed(project, monkeypatch, settled):
    """Negative control: if this fails, the test above proves nothing."""
    hasty = replace(announcing.SOURCES["quarantine"], settles=timedelta())
    monkeypatch.setitem(announcing.SOURCES, "quarantine", hasty)
    settled()
    assert late_and_quick(project) == 1


def looks(start, *seconds):
    for each in seconds:
        announcing.tell_new("quarantine", start + timedelta(seconds=each))
    return counted()


def told_in_time(start):
    """How many are told long before OVERLAP, once no transaction of other tests is in the way."""
    deadline = time.monotonic() + PATIENCE
    looked = start
    while not counted() and time.monotonic() < deadline:
        looked = min(looked + timedelta(seconds=5), start + OVERLAP / 3)
        announcing.tell_new("quarantine", looked)
        time.sleep(0.05)
    return counted()


def test_while_an_older_transaction_runs_nothing_is_told_and_then_within_seconds(project):
    commit = two_of_which_the_first_is_late(project)
    start = now()
    assert looks(start, 5, 10, 15, 20, 60, 300) == 0
    commit()
    assert told_in_time(start + timedelta(seconds=305)) == 2


def test_what_commits_in_order_is_told_without_waiting_for_the_end_of_it(project):
    key, _ = make_ingest_key(project)
    quarantine(key, "quick")
    assert told_in_time(now()) == 1


def test_two_workers_announce_each_correction_once(project):
    for _ in range(5):
        make_example(project)
    moment = now()
    announcing.tell_new("corrections", moment)
    together(*[lambda: announcing.tell_new("corrections", moment)] * 4)
    assert WebhookDelivery.objects.filter(event="corrections.received").count() == 1
