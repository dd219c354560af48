"""Which suites an example has, and having new examples tested where the project wants it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from curation.models import Example
from governance.ledger import record
from governance.models import Project, User
from reviews import running
from reviews.models import TestMark, TestPlan, TestPolicy, TestRecipe, TestSuite
from reviews.suites import NoSuite, Suite, code_path, fits, own_suite, words_of

OVERLAP = timedelta(minutes=10)  # far longer than the transaction that makes an example
BATCH = 200

# Examples after the mark that may have tests and were not looked at, in projects that want it
WAITING = """
SELECT example.id
  FROM curation_example AS example
  JOIN reviews_testpolicy AS policy
    ON policy.project_id = example.project_id AND policy.is_automatic
  JOIN feedback_correction AS correction ON correction.id = example.correction_id
 WHERE example.id > %s
   AND (jsonb_exists(correction.extra, 'tests')
        OR EXISTS (SELECT FROM reviews_testrecipe AS recipe
                    WHERE recipe.project_id = example.project_id AND recipe.is_on
                      AND recipe.language IN ('', example.language)))
   AND NOT EXISTS (SELECT FROM reviews_testplan AS plan WHERE plan.example_id = example.id)
 ORDER BY example.id
 LIMIT %s
"""


def suites_of(
    example: Example, known: Sequence[TestRecipe] | None = None
) -> list[tuple[Suite, TestRecipe | None]]:
    """The suites for an example as they are now; those that cannot be run are left out.

    `known` are the recipes of its project, for callers with many examples.
    """
    own, _ = own_tests(example)
    found: list[tuple[Suite, TestRecipe | None]] = [(own, None)] if own is not None else []
    for recipe in recipes(example.project_id) if known is None else known:
        if fits(recipe.language, recipe.path, example.language, example.file_path):
            found.append((of_recipe(recipe, example.file_path), recipe))
    return found


def own_tests(example: Example) -> tuple[Suite | None, str]:
    """The suite that came with the correction, or why there is none."""
    try:
        extra = example.correction.extra
        return own_suite(extra, example.language, example.file_path), ""
    except NoSuite as error:
        return None, str(error)


def recipes(project: Project | int) -> list[TestRecipe]:
    """The newest version of each of the project's recipes, but for those taken back."""
    newest = TestRecipe.objects.filter(project=project).order_by("name", "-version")
    return [each for each in newest.select_related("by").distinct("name") if each.is_on]


def of_recipe(recipe: TestRecipe, file_path: str) -> Suite:
    """A recipe's suite for the code of a file."""
    return Suite(
        kind=recipe.kind,
        code_path=code_path(file_path),
        tests=tuple((path, text) for path, text in recipe.tests),
        files=tuple((path, text) for path, text in recipe.files),
        command=words_of(recipe.command) if recipe.kind == TestRecipe.Kind.COMMAND else (),
        seconds=recipe.seconds,
    )


@transaction.atomic
def plan(example: Example, now: datetime) -> list[TestSuite]:
    """Keep which suites the example has now; those it has had stay. All of them."""
    found = []
    for suite, recipe in suites_of(example):
        stored, _ = TestSuite.objects.get_or_create(
            project=example.project,
            digest=suite.digest,
            defaults={"content": suite.content(), "recipe": recipe, "made_at": now},
        )
        TestPlan.objects.get_or_create(example=example, suite=stored, defaults={"at": now})
        found.append(stored)
    return found


@transaction.atomic
def ask(
    example: Example, by: User | None, now: datetime, *more: str, codes: Iterable[UUID] = ()
) -> int:
    """Have the example's suites run on what the model wrote and on its correction.

    `more` are further texts to try, such as a reviewer's; `codes` are texts that are kept
    already. Says how many runs are due now. Raises running.TooMany, and then asks for none.
    """
    wanted = [example.output_id, example.ideal_id, *codes]
    wanted += [running.keep_code(example.project, text).pk for text in more]
    return sum(
        running.ask(suite, code, by, now)
        for suite in plan(example, now)
        for code in dict.fromkeys(wanted)
    )


def plan_new(now: datetime) -> int:
    """Have the tests run of new examples, in the projects whose policy says so; how many.

    The mark moves as the one of `curation.intake` does: an id is given out before its
    transaction commits, so what came in the last minutes is looked at again.
    """
    mark, _ = TestMark.objects.get_or_create(pk=1, defaults={"seen_at": now})
    planned, after, known = 0, mark.settled, cache(recipes)
    while batch := _waiting(after):
        for example in batch:
            if suites_of(example, known(example.project_id)):
                ask(example, None, now)
                planned += 1
        after = batch[-1].pk
    if now - mark.seen_at >= OVERLAP:
        newest = Example.objects.aggregate(newest=Max("id"))["newest"] or 0
        same = TestMark.objects.filter(pk=1, seen_at=mark.seen_at)
        same.update(settled=mark.seen, seen=newest, seen_at=now)
    return planned


def _waiting(after: int) -> list[Example]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [after, BATCH])
        found = [pk for (pk,) in cursor.fetchall()]
    texts = ("project", "correction")
    return list(Example.objects.filter(pk__in=found).prefetch_related(*texts).order_by("pk"))


@transaction.atomic
def set_policy(project: Project, by: User, now: datetime, *, is_automatic: bool) -> None:
    """Say whether new examples have their tests run without anybody asking."""
    changes = {"is_automatic": is_automatic, "changed_by": by, "changed_at": now}
    TestPolicy.objects.update_or_create(project=project, defaults=changes)
    record(project, by, "test policy changed", project.slug, now, automatic=is_automatic)
