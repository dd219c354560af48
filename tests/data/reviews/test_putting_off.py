from datetime import timedelta

import pytest

from lib.clock import now
from reviews import queue, rows, verdicts
from reviews.models import ReviewTask, Verdict
from reviews.queue import lease_of
from tests.builders import make_curator, make_project, make_reviewer
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db


def test_what_is_left_to_others_never_comes_back_to_this_person():
    project = make_project()
    one, other = make_reviewer(project), make_reviewer(project)
    first, second = make_tasks(project, 2, urgency=lambda n: 900 - n)
    task = queue.claim(project, one, now())
    verdicts.pass_on(task, lease_of(task), now(), note="Not my language.")
    task = queue.claim(project, one, now())
    assert task.pk == second.pk
    verdicts.escalate(task, lease_of(task), now())
    assert queue.claim(project, one, now()) is None
    assert queue.claim(project, other, now()).pk == first.pk


def test_a_snoozed_item_sleeps_for_everyone_and_wakes_by_itself():
    project = make_project()
    one, other = make_reviewer(project), make_reviewer(project)
    make_task(project)
    task = queue.claim(project, one, now())
    until = now() + timedelta(hours=1)
    verdicts.snooze(task, lease_of(task), now(), until=until)
    assert queue.claim(project, other, now()) is None
    assert [each.wakes_at for each in rows.snoozed(project)] == [until]
    assert queue.wake(until - timedelta(seconds=1)) == 0
    assert queue.wake(until) == 1
    assert queue.claim(project, other, now()).pk == task.pk


def test_a_snooze_can_be_undone():
    project = make_project()
    one = make_reviewer(project)
    make_task(project)
    task = queue.claim(project, one, now())
    verdict = verdicts.snooze(task, lease_of(task), now(), until=now() + timedelta(hours=1))
    verdicts.undo(verdict, one, now())
    stored = ReviewTask.objects.get(pk=task.pk)
    assert (stored.state, stored.wakes_at, stored.leased_to) == ("leased", None, one)


def test_an_escalated_item_goes_back_to_the_curators_instead_of_sleeping():
    project = make_project()
    one, curator = make_reviewer(project), make_curator(project)
    make_task(project)
    task = queue.claim(project, one, now())
    verdicts.escalate(task, lease_of(task), now())
    task = queue.claim_task(task, curator, now(), curates=True)
    verdicts.snooze(task, lease_of(task), now(), until=now() + timedelta(hours=1))
    assert ReviewTask.objects.get(pk=task.pk).state == "escalated"
    assert Verdict.objects.count() == 2
