"""What the tests said of each side, as a table and as evidence on a verdict."""

import pytest

from curation.models import Example
from lib.clock import now
from reviews import planning, queue, run_evidence, verdicts
from reviews.matrix import matrix_of
from reviews.models import TestEvidence, TestRun
from reviews.queue import lease_of
from tests.builders import make_curator, make_project, make_reviewer
from tests.testing_builders import OWN, make_done, make_recipe, make_runs, make_tested

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def task(project):
    return make_tested(project, OWN)


@pytest.fixture
def claimed(task):
    return queue.claim(task.project, make_reviewer(task.project), now())


def give(task, kind="accept", **said):
    logic = task.project.categories.get(slug="logic")
    verb = getattr(verdicts, kind)
    return verb(task, lease_of(task), now(), category=logic, **said)


def test_a_verdict_keeps_the_runs_that_were_there(claimed):
    output, ideal = make_runs(claimed)
    make_done(output, test_sum="failed", test_zero="passed")
    verdict = give(claimed)
    assert [each.run_id for each in TestEvidence.objects.filter(verdict=verdict)] == [output.pk]
    make_done(ideal, test_sum="passed", test_zero="passed")
    kept = run_evidence.kept_with([verdict])
    assert [(each.side, each.passed, each.of) for each in kept[verdict.pk]] == [
        ("suggestion", 1, 2)
    ]


def test_a_fix_keeps_the_runs_of_the_fixed_code_and_of_no_other(claimed):
    code, tried = "def add(a, b):\n    return b + a\n", "def add(a, b):\n    return 5\n"
    planning.ask(claimed.example, None, now(), code, tried)
    for run in TestRun.objects.all():
        make_done(run, test_sum="passed")
    verdict = give(claimed, "fix", code=code)
    sides = sorted(each.side for each in run_evidence.kept_with([verdict])[verdict.pk])
    assert sides == ["correction", "fix", "suggestion"]


def test_the_matrix_tells_what_each_verdict_could_rest_on(claimed):
    make_done(make_runs(claimed)[0], test_sum="passed")
    verdict = give(claimed)
    ((told, (kept,)),) = matrix_of(claimed.example, now(), [verdict]).kept
    assert (told, kept.side, kept.passed, kept.of) == (verdict, "suggestion", 1, 1)


def test_a_skip_decides_nothing_and_keeps_nothing(claimed):
    make_done(make_runs(claimed)[0], test_sum="passed")
    verdicts.skip(claimed, lease_of(claimed), now())
    assert not TestEvidence.objects.exists()


def test_the_matrix_says_what_changed(task):
    for run, sums in zip(make_runs(task), ("failed", "passed"), strict=True):
        make_done(run, test_sum=sums, test_zero="passed")
    matrix = matrix_of(task.example, now())
    (block,) = matrix.blocks
    rows = [(row.name, [cell.outcome for cell in row.cells], row.change) for row in block.rows]
    assert rows == [
        ("test_sum", ["failed", "passed"], "fixed"),
        ("test_zero", ["passed", "passed"], ""),
    ]
    assert (matrix.says, matrix.words) == (
        "1 now passes",
        "Of 2: 1 now passes, 1 the same on both.",
    )
    assert not matrix.is_pending
    assert not matrix.is_wanting


def test_what_the_correction_broke_is_told_first(task):
    for run, sums in zip(make_runs(task), ("passed", "timeout"), strict=True):
        make_done(run, test_sum=sums)
    assert matrix_of(task.example, now()).says == "1 broken"


def test_a_matrix_before_anybody_asked(task):
    matrix = matrix_of(task.example, now())
    assert [block.runs for block in matrix.blocks] == [[None, None]]
    assert matrix.is_wanting
    assert not matrix.is_pending


def test_the_matrix_of_a_replaced_recipe_stays_readable(project):
    curator = make_curator(project)
    task = make_tested(project)
    make_recipe(project, curator)
    for run in make_runs(task):
        make_done(run, test_sum="passed")
    make_recipe(project, curator, tests=(("test_sums.py", "def test_a(): pass"),))
    titles = [block.title for block in matrix_of(task.example, now()).blocks]
    assert titles == ["Recipe sums v2", "Recipe sums v1, replaced"]


def test_a_matrix_costs_a_fixed_number_of_queries(project, task, django_assert_num_queries):
    for run in make_runs(task):
        make_done(run, test_sum="passed")
    example = Example.objects.select_related("correction").get(pk=task.example_id)
    with django_assert_num_queries(5):
        matrix_of(example, now())
