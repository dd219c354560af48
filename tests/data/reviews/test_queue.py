from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from curation.models import Example
from governance.access import Ability, project_for
from lib.clock import now
from lib.scales import certainty
from lib.transitions import MoveRefused, move
from reviews import queue, rows, slots, verdicts, workspace
from reviews.filters import Filters
from reviews.models import ReviewTask
from reviews.queue import LEASE, MOVES, Lease, LeaseLost, lease_of
from tests.builders import make_curator, make_project, make_reviewer
from tests.data.reviews.test_probes import NEITHER
from tests.reviews_builders import make_examples, make_task, make_tasks

pytestmark = pytest.mark.django_db
State = ReviewTask.State


@pytest.mark.parametrize("probability", [0.875, 0.8755, 0.9996, 0.3333, 0.0004, 1.0])
def test_the_queue_says_the_same_certainty_as_the_example(probability):
    example = make_examples(make_project(), 1, probability=probability)[0]
    slots.open_tasks(now())
    task = ReviewTask.objects.get(example=example)
    assert task.certainty == certainty(example.probability)
    assert task.certainty + task.doubt_percent == 100


def test_each_labelled_example_gets_one_slot_with_its_doubt():
    project = make_project()
    make_examples(project, 2, probability=0.25)
    Example.objects.filter(pk=make_examples(project, 1)[0].pk).update(state="accepted")
    assert slots.open_tasks(now()) == 2
    assert slots.open_tasks(now()) == 0
    task = ReviewTask.objects.first()
    assert (task.doubt, task.file_path, task.developer) == (750, "settings/load.py", "alder")


def test_the_most_urgent_waiting_slot_is_leased_for_ten_minutes():
    project, moment = make_project(), now()
    reviewer = make_reviewer(project)
    make_tasks(project, 3, urgency=lambda n: 100 * n)
    task = queue.claim(project, reviewer, moment)
    stored = ReviewTask.objects.get(pk=task.pk)
    assert (stored.urgency, stored.state, stored.leased_to) == (200, State.LEASED, reviewer)
    assert stored.leased_until == moment + LEASE
    assert (stored.lease_epoch, stored.lease_token) == (1, task.lease_token)


def test_a_claim_is_one_statement_whatever_the_reviewer_holds_or_skipped(django_assert_num_queries):
    project = make_project()
    reviewer = make_reviewer(project)
    first, second = make_tasks(project, 2, urgency=lambda n: 900 - n)
    with django_assert_num_queries(1):
        held = queue.claim(project, reviewer, now(), dice=NEITHER)
    with django_assert_num_queries(1):
        assert queue.claim(project, reviewer, now(), dice=NEITHER) == held == first
    verdicts.skip(held, lease_of(held), now())
    with django_assert_num_queries(1):
        assert queue.claim(project, reviewer, now(), dice=NEITHER) == second


def test_the_slot_a_reviewer_holds_comes_first_and_is_renewed():
    project, moment = make_project(), now()
    reviewer = make_reviewer(project)
    make_tasks(project, 3)
    first = queue.claim(project, reviewer, moment)
    again = queue.claim(project, reviewer, moment + timedelta(minutes=3))
    assert again.pk == first.pk
    assert again.lease_token == first.lease_token
    assert again.leased_until == moment + timedelta(minutes=13)


def test_nobody_gets_a_correction_reported_under_their_address():
    project = make_project()
    reviewer = make_reviewer(project)
    own = make_task(project, developer=reviewer.email)
    assert queue.claim(project, reviewer, now()) is None
    with pytest.raises(queue.OwnCorrection):
        queue.claim_task(own, reviewer, now())


def test_nobody_gets_a_correction_of_their_own():
    project = make_project()
    reviewer = make_reviewer(project)
    own = make_task(project, developer=reviewer.username, urgency=999)
    other = make_task(project)
    assert queue.claim(project, reviewer, now()).pk == other.pk
    with pytest.raises(queue.OwnCorrection):
        queue.claim_task(own, reviewer, now())


def test_what_was_skipped_comes_back_last_and_the_oldest_skip_first():
    project = make_project()
    reviewer = make_reviewer(project)
    made = make_tasks(project, 3, urgency=lambda n: 900 - n)
    order = []
    for _ in range(6):
        task = queue.claim(project, reviewer, now())
        order.append(task.pk)
        verdicts.skip(task, lease_of(task), now())
    first, second, third = [task.pk for task in made]
    assert order == [first, second, third, first, second, third]


def test_a_slot_another_person_skipped_is_an_ordinary_slot():
    project = make_project()
    one, other = make_reviewer(project), make_reviewer(project)
    task = make_task(project, urgency=900)
    make_task(project, urgency=100)
    mine = queue.claim(project, one, now())
    verdicts.skip(mine, lease_of(mine), now())
    assert queue.claim(project, other, now()).pk == task.pk


def test_nothing_crosses_from_another_project():
    make_task(make_project())
    project = make_project()
    assert queue.claim(project, make_reviewer(project), now()) is None


@pytest.mark.parametrize(
    "wanted",
    [
        Filters(language=("go",)),
        Filters(severity=("low",)),
        Filters(repository=("acme/edge",)),
        Filters(model=("ember-9b",)),
        Filters(path=("Limit",)),
        Filters(doubt=("70",)),
        Filters(category=("style", "logic")),
    ],
)
def test_a_filter_narrows_what_is_claimed(wanted):
    project = make_project()
    make_tasks(project, 2, urgency=650)
    other = make_task(
        project,
        language="go",
        severity="low",
        repository="acme/edge",
        model_name="ember-9b",
        file_path="gateway/rate_limit.go",
    )
    style = project.categories.get(slug="style")
    ReviewTask.objects.filter(pk=other.pk).update(urgency=700, doubt=700, category=style)
    ReviewTask.objects.exclude(pk=other.pk).update(urgency=650)
    assert queue.claim(project, make_reviewer(project), now(), wanted).pk == other.pk


def test_a_heartbeat_renews_only_the_lease_it_belongs_to():
    project, moment = make_project(), now()
    task = make_task(project)
    reviewer = make_reviewer(project)
    task = queue.claim(project, reviewer, moment)
    queue.heartbeat(task, lease_of(task), moment + timedelta(minutes=9))
    task.refresh_from_db()
    assert task.leased_until == moment + timedelta(minutes=19)
    for stranger in (
        Lease(reviewer, uuid4(), task.lease_epoch),
        Lease(reviewer, task.lease_token, task.lease_epoch - 1),
        Lease(make_reviewer(project), task.lease_token, task.lease_epoch),
    ):
        with pytest.raises(LeaseLost):
            queue.heartbeat(task, stranger, moment)


def test_a_lease_that_ran_out_cannot_be_renewed():
    project, moment = make_project(), now()
    make_task(project)
    task = queue.claim(project, make_reviewer(project), moment)
    with pytest.raises(LeaseLost):
        queue.heartbeat(task, lease_of(task), moment + LEASE)


def test_a_page_that_was_left_keeps_its_slot_for_half_a_minute():
    project, moment = make_project(), now()
    make_task(project)
    task = queue.claim(project, make_reviewer(project), moment)
    queue.leave(task, lease_of(task), moment)
    assert queue.sweep(moment + timedelta(seconds=29)) == 0
    assert queue.sweep(moment + timedelta(seconds=30)) == 1


def test_leaving_never_lengthens_a_lease():
    project, moment = make_project(), now()
    make_task(project)
    task = queue.claim(project, make_reviewer(project), moment)
    queue.leave(task, lease_of(task), moment + timedelta(minutes=9, seconds=50))
    task.refresh_from_db()
    assert task.leased_until == moment + LEASE


def test_a_released_slot_waits_again_at_once():
    project = make_project()
    make_task(project)
    one, other = make_reviewer(project), make_reviewer(project)
    task = queue.claim(project, one, now())
    lease = lease_of(task)
    assert queue.claim(project, other, now()) is None
    queue.release(task, lease, now())
    assert queue.claim(project, other, now()).pk == task.pk
    with pytest.raises(LeaseLost):
        queue.release(task, lease, now())


def test_the_sweep_gives_back_what_ran_out_and_nothing_else():
    project, moment = make_project(), now()
    make_tasks(project, 2)
    old = queue.claim(project, make_reviewer(project), moment - timedelta(minutes=10))
    fresh = queue.claim(project, make_reviewer(project), moment)
    assert queue.sweep(moment) == 1
    assert ReviewTask.objects.get(pk=old.pk).state == State.OPEN
    assert ReviewTask.objects.get(pk=fresh.pk).state == State.LEASED


def test_an_escalated_slot_that_ran_out_waits_for_a_curator_again():
    project, moment = make_project(), now()
    make_task(project)
    one, curator = make_reviewer(project), make_reviewer(project)
    task = queue.claim(project, one, moment)
    verdicts.escalate(task, lease_of(task), moment)
    assert queue.claim(project, one, moment) is None
    queue.claim_task(task, curator, moment, curates=True)
    queue.sweep(moment + LEASE)
    assert ReviewTask.objects.get(pk=task.pk).state == State.ESCALATED


def test_without_a_worker_an_expired_slot_is_still_found():
    project, moment = make_project(), now()
    make_task(project)
    task = queue.claim(project, make_reviewer(project), moment - LEASE)
    assert queue.claim(project, make_reviewer(project), moment).pk == task.pk


def test_a_named_slot_is_leased_unless_somebody_holds_it():
    project = make_project()
    task = make_task(project)
    one, other = make_reviewer(project), make_reviewer(project)
    held = queue.claim_task(task, one, now())
    assert queue.claim_task(task, one, now()).lease_epoch == held.lease_epoch
    with pytest.raises(queue.NotFree):
        queue.claim_task(task, other, now())


def test_a_count_stops_one_past_its_end():
    project = make_project()
    make_tasks(project, 5)
    waiting, held = rows.waiting(project), rows.being_reviewed(project)
    with connection.cursor() as cursor:
        cursor.execute(*rows.counting([waiting, held], 3))
        assert cursor.fetchone() == (4, 0)
        cursor.execute(*rows.counting([waiting], 9))
        assert cursor.fetchone() == (5,)


@pytest.mark.parametrize(("source", "target"), list(product(State.values, State.values)))
def test_every_pair_of_states(source, target):
    project = make_project()
    reviewer = make_reviewer(project)
    task = make_task(project)
    lease = {
        "leased_to": reviewer,
        "leased_at": now(),
        "leased_until": now() + LEASE,
        "lease_token": uuid4(),
    }
    whole = {
        State.OPEN: {},
        State.LEASED: lease,
        State.DECIDED: {"decided_by": reviewer, "decided_at": now()},
        State.ESCALATED: {"is_escalated": True},
        State.SNOOZED: {"wakes_at": now()},
        State.CLOSED: {},
    }
    empty = dict.fromkeys(lease) | {
        "decided_by": None,
        "decided_at": None,
        "is_escalated": False,
        "wakes_at": None,
    }
    ReviewTask.objects.filter(pk=task.pk).update(state=source, **empty | whole[source])
    task.refresh_from_db()
    if target in MOVES[source]:
        move(task, target, MOVES, **empty | whole[target])
        assert ReviewTask.objects.get(pk=task.pk).state == target
    else:
        with pytest.raises(MoveRefused):
            move(task, target, MOVES, **empty | whole[target])


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "leased"},
        {"lease_token": uuid4()},
        {"state": "escalated"},
        {"is_escalated": True},
        {"state": "decided"},
    ],
)
def test_the_database_refuses_half_a_state(broken):
    task = make_task(make_project())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewTask.objects.filter(pk=task.pk).update(**broken)


def test_a_slot_escalated_a_moment_ago_is_not_taken_by_who_saw_it_open():
    project = make_project()
    seen = make_task(project)
    reviewer = make_reviewer(project)
    task = queue.claim(project, make_reviewer(project), now())
    verdicts.escalate(task, lease_of(task), now())
    assert not seen.is_escalated  # as the page still had it
    seen_as = project_for(reviewer, project.slug, Ability.REVIEW)
    with pytest.raises(queue.NotFree):
        workspace.take(seen, reviewer, seen_as, now())
    curator = make_curator(project)
    seen_as = project_for(curator, project.slug, Ability.REVIEW)
    assert workspace.take(seen, curator, seen_as, now()).leased_to == curator
