"""Builders for tests of code: suites, plans and runs as far along as a test needs."""

from datetime import UTC

from lib.clock import now
from reviews import planning, recipes, running
from reviews.models import TestRun
from reviews.recipes import Said
from reviews.sandbox.outcomes import Outcome
from tests.reviews_builders import make_task

OUTPUT = "def add(a, b):\n    return a - b\n"
IDEAL = "def add(a, b):\n    return a + b\n"
TESTS = (
    "def test_sum():\n    assert add(2, 3) == 5\n\n\ndef test_zero():\n    assert add(2, 0) == 2\n"
)
OWN = {"framework": "python", "code": TESTS}


def make_tested(project, tests=None, **changes):
    """A slot whose correction came with tests, or with none."""
    said = {"output": OUTPUT, "ideal": IDEAL, "file_path": "money/sums.py"}
    return make_task(project, extra={"tests": tests} if tests else {}, **said | changes)


def make_recipe(project, by, **changes):
    """A recipe for every Python file."""
    said = {
        "name": "sums",
        "language": "python",
        "path": "",
        "kind": "python",
        "command": "",
        "tests": (("test_sums.py", TESTS),),
        "files": (),
        "seconds": 5,
    } | changes
    return recipes.save(project, Said(**said), by, now())


def make_runs(task, by=None):
    """The runs of an item, asked for."""
    planning.ask(task.example, by, now())
    return list(TestRun.objects.filter(suite__plans__example=task.example).order_by("pk"))


def told(**outcomes):
    """What a sandbox would tell, by the test's name."""
    return [Outcome(name, outcome, 7, "", "") for name, outcome in outcomes.items()]


def make_done(run, moment=None, **outcomes):
    """A run that ended with these outcomes, as a worker leaves it."""
    moment = moment or now()
    TestRun.objects.filter(pk=run.pk).update(asked_at=moment.min.replace(year=2000, tzinfo=UTC))
    taken = running.take(f"host-{run.pk}", moment)
    while taken.pk != run.pk:  # it is another project's turn
        taken = running.take(f"host-{run.pk}-{taken.pk}", moment)
    assert running.finish(taken, told(**outcomes), 20, "made of nothing", moment)
    return TestRun.objects.get(pk=run.pk)
