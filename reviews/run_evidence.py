"""The test runs that were there when a verdict was given, kept with it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from reviews.models import TestEvidence, TestResult, TestRun, Verdict


@dataclass(frozen=True)
class Kept:
    """What the tests had said of one side."""

    run: int
    side: str
    passed: int
    of: int


def keep(verdict: Verdict) -> int:
    """Write down which finished runs the verdict could rest on; how many.

    One statement, inside the transaction that writes the verdict: runs that end later are
    not among them, whatever the pages show by then.
    """
    example = verdict.task.example
    codes = [code for code in (example.output_id, example.ideal_id, verdict.fixed_id) if code]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO reviews_testevidence (verdict_id, run_id)
            SELECT %s, run.id
              FROM reviews_testplan AS plan
              JOIN reviews_testrun AS run ON run.suite_id = plan.suite_id
             WHERE plan.example_id = %s AND run.state = %s AND run.code_id = ANY(%s)
            ON CONFLICT DO NOTHING
            """,
            [verdict.pk, example.pk, TestRun.State.DONE, codes],
        )
        return int(cursor.rowcount)


def kept_with(verdicts: Collection[Verdict]) -> dict[int, list[Kept]]:
    """What the tests had said when each of the verdicts was given."""
    passed = Count("run__results", filter=Q(run__results__outcome=TestResult.Outcome.PASSED))
    rows = (
        TestEvidence.objects.filter(verdict__in=[each.pk for each in verdicts])
        .select_related("run", "verdict__task__example")
        .annotate(of=Count("run__results"), passed=passed)
        .order_by("run_id")
    )
    found: dict[int, list[Kept]] = {}
    for row in rows:
        example = row.verdict.task.example
        names = {example.output_id: "suggestion", example.ideal_id: "correction"}
        side = names.get(row.run.code_id, "fix")
        found.setdefault(row.verdict_id, []).append(Kept(row.run_id, side, row.passed, row.of))
    return found
