"""The demo's curator has tests run by themselves, and writes a recipe."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from config.demo.content import CONTENT, moment
from config.demo.stage import Act, Stage
from reviews import planning, recipes
from reviews.models import Verdict
from reviews.recipes import Said

PROJECT, CURATOR = "ledger-platform", "maren"
WRITTEN = 22.5  # working days ago, before the first correction that the demo tests
RECIPE = "conventions.py"


def testing_acts(stage: Stage) -> Iterator[Act]:
    """A recipe, and the policy that runs it."""

    def write(now: datetime) -> None:
        project, curator = stage.projects[PROJECT], stage.people[CURATOR]
        planning.set_policy(project, curator, now, is_automatic=True)
        recipes.save(project, _said((CONTENT / RECIPE).read_text(encoding="utf-8")), curator, now)

    yield Act(moment(WRITTEN, stage.now), write)
    yield Act(stage.now, partial(_try_fixes, stage))


def _try_fixes(stage: Stage, now: datetime) -> None:
    """Reviewers ask for the tests of what they wrote themselves; a worker will run them."""
    fixes = Verdict.objects.filter(kind=Verdict.Kind.FIX, task__project=stage.projects[PROJECT])
    for verdict in fixes.select_related("task__example__correction", "task__example__project"):
        assert verdict.fixed_id is not None
        planning.ask(verdict.task.example, verdict.reviewer, now, codes=[verdict.fixed_id])


def _said(text: str) -> Said:
    return Said(
        name="billing-conventions",
        language="python",
        path="billing/*.py",
        kind="python",
        command="",
        tests=(("tests_of_conventions.py", text),),
        files=(),
        seconds=5,
    )
