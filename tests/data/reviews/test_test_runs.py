import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from curation.models import Example
from governance.models import LedgerEntry
from lib.clock import now
from reviews import planning, recipes, running
from reviews.matrix import off
from reviews.models import (
    SandboxReport,
    TestMark,
    TestPlan,
    TestResult,
    TestRun,
    TestSuite,
)
from reviews.running import LEASE, MOVES
from reviews.sandbox.box import Tools
from reviews.sandbox.proof import Proof
from tests.builders import make_curator, make_project, make_reviewer
from tests.house import ROOT
from tests.testing_builders import (
    OWN,
    TESTS,
    make_done,
    make_recipe,
    make_runs,
    make_tested,
    told,
)

pytestmark = pytest.mark.django_db
State = TestRun.State
HOLDS = Proof((), Tools("/bin/false", "/bin/false", (), "nothing at all"))
FAILS = Proof(("bubblewrap is not installed",))


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def task(project):
    return make_tested(project, OWN)


def test_asking_makes_a_run_for_each_side(task):
    reviewer = make_reviewer(task.project)
    runs = make_runs(task, reviewer)
    assert {run.code_id for run in runs} == {task.example.output_id, task.example.ideal_id}
    assert {(run.state, run.asked_by) for run in runs} == {(State.QUEUED, reviewer)}


def test_the_same_inputs_are_run_once(project, task):
    twin = make_tested(project, OWN)
    ours, theirs = make_runs(task), make_runs(twin)
    assert ours == theirs
    assert TestSuite.objects.count() == 1
    assert TestPlan.objects.count() == 2


def test_other_tests_other_code_or_another_project_are_other_inputs(project, task):
    make_runs(task)
    make_runs(make_tested(project, OWN | {"code": TESTS + "\n"}))
    assert TestRun.objects.count() == 4
    make_runs(make_tested(project, OWN, ideal="def add(a, b):\n    return b + a\n"))
    assert TestRun.objects.count() == 5
    make_runs(make_tested(make_project(), OWN))
    assert TestRun.objects.count() == 7


def test_asking_again_changes_nothing(task):
    before = make_runs(task)
    assert make_runs(task) == before


def test_a_reviewers_own_code_is_one_more_side(task):
    planning.ask(task.example, None, now(), "def add(a, b):\n    return 5\n")
    assert TestRun.objects.count() == 3


def test_without_tests_nothing_is_asked_for(project):
    task = make_tested(project)
    assert planning.ask(task.example, None, now()) == 0
    assert not TestRun.objects.exists()


def test_a_recipe_gives_examples_of_its_language_and_path_their_tests(project):
    make_recipe(project, make_curator(project), path="money/*.py")
    fits = make_tested(project)
    elsewhere = make_tested(project, file_path="other/sums.py")
    another = make_tested(project, language="go", file_path="money/sums.py")
    assert planning.ask(fits.example, None, now()) == 2
    assert planning.ask(elsewhere.example, None, now()) == 0
    assert planning.ask(another.example, None, now()) == 0


def test_the_newest_version_of_a_recipe_holds(project, task):
    curator = make_curator(project)
    make_recipe(project, curator)
    second = make_recipe(project, curator, tests=(("test_sums.py", "def test_a(): pass"),))
    assert second.version == 2
    titles = [recipe for _, recipe in planning.suites_of(task.example)]
    assert titles == [None, second]
    recipes.take_back(project, "sums", curator, now())
    assert [recipe for _, recipe in planning.suites_of(task.example)] == [None]
    with pytest.raises(recipes.NoSuchRecipe):
        recipes.take_back(project, "sums", curator, now())
    actions = [*LedgerEntry.objects.values_list("action", flat=True)]
    assert actions.count("test recipe saved") == 2
    assert actions.count("test recipe taken back") == 1


def test_saving_what_a_recipe_says_already_makes_no_version(project):
    curator = make_curator(project)
    make_recipe(project, curator)
    with pytest.raises(recipes.NothingChanged):
        make_recipe(project, curator)


def test_a_worker_takes_the_run_that_waits_longest(task):
    first, second = make_runs(task)
    TestRun.objects.filter(pk=second.pk).update(asked_at=now() - timedelta(hours=1))
    taken = running.take("one", now())
    assert taken == second
    assert (taken.state, taken.attempts, taken.host) == (State.RUNNING, 1, "one")
    assert running.take("one", now()) is None, "this machine has enough to do"
    assert running.take("two", now()) == first
    assert running.take("three", now()) is None


def test_projects_take_turns_and_who_waits_comes_before_what_the_policy_wants(project):
    busy, other = make_project(), make_project()
    person = make_reviewer(busy)
    automatic = make_runs(make_tested(busy, OWN))
    asked = make_runs(make_tested(busy, OWN | {"code": TESTS + "\n"}), person)
    others = make_runs(make_tested(other, OWN))
    taken = [running.take(f"host-{n}", now()) for n in range(6)]
    assert taken == [asked[0], others[0], asked[1], others[1], *automatic]


def test_one_person_fills_no_queue_and_one_project_neither(project, task, monkeypatch):
    one, other = make_reviewer(project), make_reviewer(project)
    monkeypatch.setattr(running, "MOST_OF_PERSON", 2)
    monkeypatch.setattr(running, "MOST_OF_PROJECT", 3)
    first = make_runs(task, one)
    assert make_runs(task, one) == first  # nothing new is asked for
    with pytest.raises(running.TooMany, match="you asked for"):
        planning.ask(task.example, one, now(), "mine = 1\n")
    more = make_tested(project, OWN, ideal="def add(a, b):\n    return b + a\n")
    make_runs(more, other)
    with pytest.raises(running.TooMany, match="of the project"):
        planning.ask(task.example, other, now(), "mine = 1\n")
    assert TestRun.objects.count() == 3
    planning.ask(make_tested(project, OWN | {"code": "x = 1\n"}).example, None, now())
    assert TestRun.objects.count() == 5


def test_a_run_left_by_a_dead_worker_is_taken_after_its_lease(task):
    make_runs(task)
    run = running.take("one", now())
    other = running.take("two", now())
    later = now() + LEASE + timedelta(seconds=1)
    assert {running.take(f"three-{n}", later).pk for n in range(2)} == {run.pk, other.pk}


def test_a_worker_that_was_given_up_writes_nothing(task):
    make_runs(task)
    given_up = running.take("one", now())
    later = now() + LEASE + timedelta(seconds=1)
    second = [running.take(f"two-{n}", later) for n in range(2)]
    successor = next(run for run in second if run.pk == given_up.pk)
    assert not running.finish(given_up, told(test_sum="passed"), 5, "", later)
    assert not TestResult.objects.exists()
    assert running.finish(successor, told(test_sum="failed"), 5, "", later)
    assert [each.outcome for each in TestResult.objects.all()] == ["failed"]


def test_results_are_written_once_and_never_changed(task):
    run = make_done(make_runs(task)[0], test_sum="failed", test_zero="passed")
    assert run.state == State.DONE
    assert len(run.results_sha256) == 64
    assert not running.finish(run, told(test_sum="passed"), 5, "", now())
    for statement in (
        "UPDATE reviews_testresult SET outcome = 'passed'",
        "DELETE FROM reviews_testresult",
        "UPDATE reviews_testsuite SET content = '{}'",
        "DELETE FROM reviews_testplan",
        "UPDATE reviews_testrecipe SET seconds = 1",
        "DELETE FROM reviews_testevidence",
    ):
        table = re.search(r"reviews_\w+", statement)[0]
        if not _rows(table):
            continue
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


def _rows(table):
    cursor = connection.cursor()
    cursor.execute(f"SELECT count(*) FROM {table}")
    return cursor.fetchone()[0]


def test_where_the_sandbox_does_not_hold_everything_due_is_refused(task):
    runs = make_runs(task)
    assert running.run_next(FAILS, "one", now()) is None
    states = {(run.state, run.problem) for run in TestRun.objects.all()}
    assert states == {(State.REFUSED, "bubblewrap is not installed")}
    assert off(now()) == "bubblewrap is not installed"
    assert planning.ask(task.example, None, now()) == len(runs), "asked for again, once it holds"
    assert {run.state for run in TestRun.objects.all()} == {State.QUEUED}


def test_a_machine_without_a_sandbox_leaves_the_runs_to_one_that_has_one(task):
    make_runs(task)
    running.report(HOLDS, "good", now())
    assert running.run_next(FAILS, "bad", now()) is None
    assert {run.state for run in TestRun.objects.all()} == {State.QUEUED}
    assert off(now()) == ""
    long_after = now() + timedelta(days=1)
    running.run_next(FAILS, "bad", long_after)
    assert {run.state for run in TestRun.objects.all()} == {State.REFUSED}


def test_a_sandbox_that_gives_no_results_fails_the_run(task):
    make_runs(task)
    run = running.run_next(HOLDS, "one", now())
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "gave no results" in run.problem


def test_a_run_that_ends_its_workers_is_given_up(task):
    make_runs(task)
    TestRun.objects.update(attempts=running.ATTEMPTS)
    run = running.run_next(HOLDS, "one", now())
    run.refresh_from_db()
    assert (run.state, run.problem) == (
        State.FAILED,
        "a worker ended 3 times in the middle of it",
    )


def test_every_other_move_is_refused(task):
    run = make_runs(task)[0]
    for source in State:
        for to in State:
            if to in MOVES[source]:
                continue
            TestRun.objects.filter(pk=run.pk).update(**_columns(source))
            run.refresh_from_db()
            with pytest.raises(running.MoveRefused):
                running.move(run, to, MOVES)


def _columns(state):
    return {
        "state": state,
        "problem": "why" if state in (State.FAILED, State.REFUSED) else "",
        "leased_until": now() if state == State.RUNNING else None,
        "finished_at": now() if state == State.DONE else None,
        "results_sha256": "0" * 64 if state == State.DONE else "",
    }


def test_new_examples_are_tested_where_the_policy_says_so(project):
    curator = make_curator(project)
    make_tested(project, OWN)
    other = make_tested(make_project(), OWN)
    assert planning.plan_new(now()) == 0
    planning.set_policy(project, curator, now(), is_automatic=True)
    assert planning.plan_new(now()) == 1
    assert planning.plan_new(now()) == 0, "asked for already"
    assert not TestPlan.objects.filter(example=other.example).exists()
    planning.set_policy(project, curator, now(), is_automatic=False)
    make_tested(project, OWN | {"code": "assert True"})
    assert planning.plan_new(now()) == 0


def test_examples_that_cannot_be_tested_do_not_keep_others_from_it(project, monkeypatch):
    monkeypatch.setattr(planning, "BATCH", 2)
    planning.set_policy(project, make_curator(project), now(), is_automatic=True)
    for _ in range(5):
        make_tested(project, {"framework": "junit", "code": "class X {}"})
    make_tested(project, OWN)
    assert planning.plan_new(now()) == 1


def test_the_mark_passes_only_what_was_looked_at(project):
    planning.set_policy(project, make_curator(project), now(), is_automatic=True)
    start = now()
    planning.plan_new(start)
    make_tested(project, OWN)
    late = start + planning.OVERLAP
    planning.plan_new(late)
    mark = TestMark.objects.get()
    assert (mark.settled, mark.seen) == (0, Example.objects.latest("pk").pk)
    planning.plan_new(late + planning.OVERLAP)
    assert TestMark.objects.get().settled == mark.seen


def test_reports_of_machines_that_are_gone_are_forgotten():
    running.report(HOLDS, "old", now() - timedelta(days=30))
    running.report(FAILS, "new", now())
    assert [each.host for each in SandboxReport.objects.all()] == ["new"]


def test_the_diagram_shows_the_moves():
    section = (ROOT / "docs/state-machines.md").read_text().split("\n## Test run\n")[1]
    drawn = set(re.findall(r"^(\w+) -> (\w+)\b", section.split("\n## ")[0], re.MULTILINE))
    assert drawn == {(str(source), str(to)) for source, tos in MOVES.items() for to in tos}
