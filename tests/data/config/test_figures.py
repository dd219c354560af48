"""What the overview counts: whose it is, when it was, and nothing twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import figures
from config.figures import PERIODS
from curation.categories import by_slug
from curation.models import Category, Example
from feedback.ingest import receive
from governance.models import Project
from lib.clock import now
from reviews import queue, verdicts
from reviews.models import ReviewTask
from tests.builders import make_ingest_key, make_project, make_reviewer
from tests.curation_builders import make_frozen
from tests.feedback_builders import correction, generation, reaction
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db

DAY, WEEK, TWELVE = PERIODS
NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)  # a Wednesday


def report(project, *records, at):
    told = [record | {"occurred_at": at.isoformat()} for record in records]
    outcomes = receive(make_ingest_key(project)[0], told, at)
    assert {outcome.state for outcome in outcomes} == {"stored"}


def decide(project, at, category="security", verb=verdicts.accept, held=timedelta(seconds=30)):
    reviewer = make_reviewer(project)
    task = queue.claim_task(make_task(project), reviewer, at - held)
    said = {"category": by_slug(project)[category]}
    if verb is verdicts.reject:
        said["reason"] = "trivial"
    return verb(task, queue.lease_of(task), at, **said)


def test_feedback_is_counted_in_the_step_it_happened_in():
    project, other = make_project(), make_project()
    made = generation()
    report(project, made, reaction(made, "shown"), at=NOW - timedelta(hours=1))
    report(project, correction(made), at=NOW - timedelta(days=2, hours=1))
    report(project, generation(), at=NOW - timedelta(days=8))
    report(project, generation(), at=NOW - timedelta(days=15))
    report(other, generation(), at=NOW - timedelta(hours=1))
    found = figures.came_in(project, WEEK, NOW)
    assert found.steps == (0, 0, 0, 0, 1, 0, 2)
    assert (found.all, found.before) == (3, 1)
    assert figures.came_in(project, DAY, NOW).steps[-2:] == (0, 2)
    assert figures.came_in(project, TWELVE, NOW).all == 5


def test_a_clock_that_runs_ahead_is_not_counted_yet():
    project = make_project()
    ahead = generation(occurred_at=(NOW + timedelta(hours=3)).isoformat())
    receive(make_ingest_key(project)[0], [ahead], NOW)
    assert figures.came_in(project, WEEK, NOW).all == 0


def test_what_waits_is_told_by_state_and_age():
    project = make_project()
    open_, held, escalated, done = make_tasks(project, 4)
    oldest = NOW - timedelta(days=2)
    ReviewTask.objects.filter(pk=open_.pk).update(opened_at=oldest)
    reviewer, at = make_reviewer(project), now()
    queue.claim_task(held, reviewer, at)
    for task, verb in ((escalated, verdicts.escalate), (done, verdicts.accept)):
        task = queue.claim_task(task, make_reviewer(project), at)
        said = {"category": task.category} if verb is verdicts.accept else {}
        verb(task, queue.lease_of(task), at, **said)
    make_task(make_project())
    found = figures.waiting(project)
    assert {state: each.number for state, each in found.items()} == {
        "open": 1,
        "leased": 1,
        "escalated": 1,
    }
    assert found["open"].oldest == oldest


def test_decisions_are_counted_per_step_and_since_midnight():
    project = make_project()
    decide(project, NOW - timedelta(hours=1), held=timedelta(seconds=20))
    decide(project, NOW - timedelta(hours=16), held=timedelta(seconds=40))  # yesterday evening
    decide(project, NOW - timedelta(days=3, hours=1), held=timedelta(seconds=60))
    decide(project, NOW - timedelta(days=9))
    decide(make_project(), NOW - timedelta(hours=1))
    found = figures.decided(project, WEEK, NOW)
    assert (found.steps, found.today) == ((0, 0, 0, 1, 0, 0, 2), 1)
    assert found.median_ms == 40_000


def test_an_undone_decision_does_not_count():
    project = make_project()
    verdict = decide(project, NOW - timedelta(hours=1))
    verdicts.undo(verdict, verdict.reviewer, NOW - timedelta(minutes=59))
    found = figures.decided(project, WEEK, NOW)
    assert (found.all, found.today, found.median_ms) == (0, 0, None)
    assert figures.weekly(project, NOW).by_category[0][1][-1] == 0


def test_accepted_corrections_are_counted_by_week_under_their_top_category():
    project = make_project(created_at=NOW - timedelta(weeks=30))
    below = Category.objects.create(
        project=project, parent=by_slug(project)["logic"], slug="off-by-one", name="Off by one"
    )
    decide(project, NOW - timedelta(days=1))
    decide(project, NOW - timedelta(days=8))
    verdict = decide(project, NOW - timedelta(days=1), category="logic")
    Example.objects.filter(pk=verdict.task.example_id).update(category=below)
    decide(project, NOW - timedelta(days=1), verb=verdicts.reject)
    decide(project, NOW - timedelta(weeks=13))
    decide(make_project(), NOW - timedelta(days=1))
    found = figures.weekly(project, NOW)
    assert len(found.weeks) == 12
    counted = {category.slug: values[-2:] for category, values in found.by_category}
    assert counted == {
        "security": (1, 1),
        "logic": (0, 1),
        "performance": (0, 0),
        "style": (0, 0),
        "other": (0, 0),
    }


@pytest.mark.parametrize(("age", "weeks"), [(0, 1), (6, 1), (8, 2), (400, 12)])
def test_weeks_before_a_project_was_opened_are_not_drawn(age, weeks):
    project = make_project(created_at=NOW - timedelta(days=age))
    assert len(figures.weekly(project, NOW).weeks) == weeks


def test_the_way_from_correction_to_dataset_is_counted_step_by_step():
    project = make_project()
    version = make_frozen(project, rows=2)
    make_tasks(project, 3)
    made = generation()
    report(project, made, correction(made), at=now())
    soon = now() + timedelta(seconds=1)
    found = figures.passage(project, version, WEEK, soon)
    assert found == figures.Passage(corrections=6, labelled=5, decided=2, accepted=2, frozen=2)
    assert figures.passage(project, None, WEEK, soon).frozen == 0
    long_ago = figures.passage(project, version, WEEK, soon - timedelta(days=2))
    assert (long_ago.corrections, long_ago.frozen) == (0, 0)


def test_only_the_newest_versions_are_listed_and_a_frozen_one_is_named():
    project = make_project()
    assert (figures.versions(project), figures.newest_frozen(project)) == ([], None)
    version = make_frozen(project)
    assert figures.versions(project) == [version]
    assert figures.newest_frozen(project) == version
    assert figures.newest_frozen(make_project()) is None


def test_counting_takes_as_many_queries_for_much_as_for_little():
    project = make_project(created_at=NOW - timedelta(weeks=30))

    def queries():
        with CaptureQueriesContext(connection) as seen:
            figures.came_in(project, TWELVE, NOW)
            figures.waiting(project)
            figures.decided(project, TWELVE, NOW)
            figures.weekly(Project.objects.get(pk=project.pk), NOW)
        return len(seen)

    before = queries()
    for days in range(5):
        decide(project, NOW - timedelta(days=days))
    assert queries() == before == 10
