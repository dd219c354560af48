from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.models import Role
from lib.clock import now
from reviews import queue, routing, rows, slots, verdicts
from reviews.filters import Filters
from reviews.models import Assignment, InboxEntry, ReviewTask, ReviewTeam, Route
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.reviews_builders import make_examples, make_task

pytestmark = pytest.mark.django_db


def team_of(project, name, *people):
    team = ReviewTeam.objects.create(project=project, name=name)
    team.members.set(people)
    return team


def opened(project, **changes):
    example = make_examples(project, 1, **changes)[0]
    slots.open_tasks(now())
    return ReviewTask.objects.get(example=example)


def route(project, path="", **changes):
    matches = routing.regex_of(path) if path else ""
    return Route.objects.create(project=project, path=path, matches=matches, **changes)


def test_a_new_item_goes_to_the_last_route_that_fits_and_hand_beats_code_owners():
    project = make_project()
    one, other = make_reviewer(project), make_reviewer(project)
    pay = team_of(project, "payments", one)
    route(project, "*.py", team=pay, position=1)
    route(project, "ledger/", person=other, position=2)
    route(project, "*", team=pay, source="codeowners", position=9)
    assert opened(project, file_path="a/b.py").assigned_team == pay
    assert opened(project, file_path="ledger/b.py").assigned_to == other
    assert opened(project, file_path="web/x.ts").assigned_team == pay
    assert opened(make_project(), file_path="a/b.py").assigned_team is None


def test_nothing_is_routed_to_its_own_author():
    project = make_project()
    one, other = make_reviewer(project), make_reviewer(project)
    route(project, person=other, position=1)
    route(project, person=one, position=2)
    assert opened(project, developer=one.username).assigned_to == other
    assert opened(project).assigned_to == one


def test_only_its_people_get_it_until_it_is_overdue():
    project = make_project()
    mate, stranger = make_reviewer(project), make_reviewer(project)
    route(project, language="python", team=team_of(project, "snakes", mate))
    task = opened(project)
    assert queue.claim(project, stranger, now()) is None
    taken = queue.claim(project, mate, now())
    assert taken.pk == task.pk
    queue.release(taken, queue.lease_of(taken), now())
    assert routing.free_overdue(now() + timedelta(hours=23)) == 0
    assert routing.free_overdue(now() + timedelta(hours=25)) == 1
    assert queue.claim(project, stranger, now()).pk == task.pk


def test_what_is_assigned_by_hand_is_recorded_and_can_be_given_back():
    project = make_project()
    one, other = make_reviewer(project), make_reviewer(project)
    task, moment = make_task(project), now()
    routing.assign(task, one, moment, person=other)
    assert queue.claim(project, one, now()) is None
    routing.assign(task, one, moment)
    assert queue.claim(project, one, now()).pk == task.pk
    with pytest.raises(queue.NotFree):
        routing.assign(task, one, moment, person=other)
    given = [(each.person, each.by) for each in Assignment.objects.order_by("id")]
    assert given == [(other, one), (None, one)]


def test_whoever_gets_an_item_finds_it_in_their_inbox():
    project = make_project()
    curator, mate, other = (make_reviewer(project) for _ in range(3))
    task = make_task(project)
    routing.assign(task, curator, now(), person=other)
    routing.assign(task, curator, now(), team=team_of(project, "all", curator, mate))
    told = InboxEntry.objects.filter(task=task, kind="assigned").values_list("person", flat=True)
    assert set(told) == {other.pk, mate.pk}


def test_nobody_is_assigned_their_own_correction():
    project = make_project()
    one = make_reviewer(project)
    with pytest.raises(queue.OwnCorrection):
        routing.assign(make_task(project, developer=one.email), one, now(), person=one)
    assert not Assignment.objects.exists()


def test_the_database_knows_one_assignee_only():
    project = make_project()
    one = make_reviewer(project)
    task, team = make_task(project), team_of(project, "all", one)
    with pytest.raises(IntegrityError, match="assigned_to_one"), transaction.atomic():
        ReviewTask.objects.filter(pk=task.pk).update(assigned_to=one, assigned_team=team)
    with pytest.raises(IntegrityError, match="route_to_one"), transaction.atomic():
        route(project, team=team, person=one)


def test_a_code_owners_file_replaces_the_routes_of_its_repository():
    project = make_project()
    wren = make_reviewer(project)
    team_of(project, "Payments", wren)
    text = f"* {wren.email}\n/pay/ @acme/payments\n/docs/ @acme/unknown\n"
    assert routing.follow_code_owners(project, "acme/billing", text) == 2
    assert routing.follow_code_owners(project, "acme/edge", "* @nobody\n") == 0
    assert routing.follow_code_owners(project, "acme/billing", "*.py @acme/payments\n") == 1
    assert opened(project, file_path="x.py").assigned_team.name == "Payments"
    assert opened(project, file_path="x.py", repository="acme/edge").assigned_team is None


def test_a_developer_of_the_project_owns_nothing_here():
    project = make_project()
    person = make_person(project, Role.DEVELOPER)
    assert routing.follow_code_owners(project, "acme/billing", f"* @{person.username}\n") == 0


def test_filters_find_what_is_assigned():
    project = make_project()
    one, other = make_reviewer(project), make_reviewer(project)
    team = team_of(project, "payments", one)
    mine, ours, theirs, free = (make_task(project) for _ in range(4))
    routing.assign(mine, one, now(), person=one)
    routing.assign(ours, one, now(), team=team)
    routing.assign(theirs, one, now(), person=other)

    def found(to):
        passing = queue.narrow(rows.waiting(project), Filters(assigned=(to,)), project, one)
        return {task.pk for task in passing}

    assert found("me") == {mine.pk, ours.pk}
    assert found("nobody") == {free.pk}
    assert found("payments") == {ours.pk}
    assert found(other.username) == {theirs.pk}
    assert found("no such name") == set()


def test_what_waits_for_a_team_is_not_taken_by_name_by_somebody_else():
    project = make_project()
    mate, other = make_reviewer(project), make_reviewer(project)
    task = make_task(project)
    routing.assign(task, mate, now(), team=team_of(project, "payments", mate))
    task.refresh_from_db()
    with pytest.raises(queue.NotFree):
        queue.claim_task(task, other, now())
    assert queue.claim_task(task, mate, now()).leased_to == mate


def test_who_claims_by_name_is_judged_by_the_assignment_as_it_is_now():
    project = make_project()
    mate, other = make_reviewer(project), make_reviewer(project)
    read_before = make_task(project)
    routing.assign(read_before, mate, now(), person=mate)
    with pytest.raises(queue.NotFree):
        queue.claim_task(read_before, other, now())


@pytest.mark.parametrize("to", ["person", "team"])
def test_what_was_given_to_somebody_who_passed_it_on_is_any_curator_s(to):
    project = make_project()
    mate, curator = make_reviewer(project), make_curator(project)
    target = mate if to == "person" else team_of(project, "payments", mate)
    task = make_task(project)
    routing.assign(task, curator, now(), **{to: target})
    held = queue.claim_task(task, mate, now())
    verdicts.escalate(held, queue.lease_of(held), now())
    with pytest.raises(queue.NotFree):
        queue.claim_task(task, make_reviewer(project), now())
    assert queue.claim_task(task, curator, now(), curates=True).leased_to == curator
