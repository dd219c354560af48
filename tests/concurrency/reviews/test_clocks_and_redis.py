"""What is no one's to trust: the clock of a web process, and what Redis remembers."""

import os
from collections import Counter
from datetime import timedelta
from threading import Event

import pytest
import redis
from django.test import Client
from django.utils import timezone

from curation.models import Decision
from lib import clock
from reviews import queue, rows, verdicts
from reviews.models import ReviewTask, Verdict
from reviews.queue import lease_of
from tests.builders import make_project, make_reviewer
from tests.race import Run, together
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, TASKS = 8, 80


# Clocks


def set_wrong(monkeypatch, minutes):
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(minutes=minutes))


def ask_for_the_next(project, person):
    """As a browser does; the slot the person holds then, if any."""
    client = Client()
    client.force_login(person)
    client.post(f"/p/{project.slug}/review/next")
    return ReviewTask.objects.filter(leased_to=person).first()


def someone_holds():
    project = make_project()
    task = make_task(project)
    one, other = make_reviewer(project), make_reviewer(project)
    assert ask_for_the_next(project, one) == task
    return project, one, other


@pytest.mark.parametrize("minutes", [30, -30])
def test_a_web_process_whose_clock_is_wrong_takes_nobodys_hold(monkeypatch, minutes):
    project, one, other = someone_holds()
    set_wrong(monkeypatch, minutes)
    assert ask_for_the_next(project, other) is None
    held = ask_for_the_next(project, one)
    monkeypatch.undo()
    left = held.leased_until - timezone.now()
    assert timedelta(minutes=9) < left <= queue.LEASE


def test_by_its_own_clock_it_would(monkeypatch):
    """Negative control: the hold of one looks long over to the other's process."""
    project, _, other = someone_holds()
    monkeypatch.setattr(clock, "shared", clock.now)
    set_wrong(monkeypatch, 30)
    assert ask_for_the_next(project, other) == ReviewTask.objects.get()


# Redis


def flushing(work):
    """Do `work` while Redis forgets everything, over and over; its result."""
    over = Event()

    def flush():
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            while not over.is_set():
                client.flushall()
                over.wait(0.002)

    forgetting = Run(flush)
    try:
        return work()
    finally:
        over.set()
        assert forgetting.result() is None


def taken_by_all(claim):
    """Everybody claims and decides until nothing waits; what each got."""
    project = make_project()
    make_tasks(project, TASKS)
    category = project.categories.first()

    def work(person):
        got = []
        while (task := claim(project, person)) is not None:
            got.append(task.pk)
            row = ReviewTask.objects.select_related("project", "example").get(pk=task.pk)
            verdicts.accept(row, lease_of(task), clock.shared(), category=category)
        return got

    people = [make_reviewer(project) for _ in range(PEOPLE)]
    found = together(*[lambda each=each: work(each) for each in people])
    return Counter(pk for got in found if isinstance(got, list) for pk in got)


def test_a_redis_that_forgets_everything_costs_no_hold_and_no_decision():
    got = flushing(lambda: taken_by_all(lambda p, who: queue.claim(p, who, clock.shared())))
    assert len(got) == TASKS
    assert set(got.values()) == {1}
    assert Verdict.objects.count() == Decision.objects.count() == TASKS


def test_a_hold_kept_in_redis_would_be_given_twice():
    """Negative control: SET NX says who holds a slot, until it is forgotten."""
    project = make_project()
    make_tasks(project, 5)
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    got = Counter()

    def claim():
        for task in rows.waiting(project):
            if client.set(f"hold {task.pk}", "me", nx=True):
                got[task.pk] += 1
                return

    for _ in range(5):
        claim()
    assert max(got.values()) == 1
    client.flushall()
    claim()
    client.close()
    assert max(got.values()) == 2
