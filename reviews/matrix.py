"""What the tests of an example say: a row for each test, a column for each code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext, ngettext

from curation.models import Example
from reviews import planning
from reviews.models import SandboxReport, TestPlan, TestResult, TestRun, TestSuite, Verdict
from reviews.run_evidence import Kept, kept_with
from reviews.running import REPORT_HOLDS

State = TestRun.State
Outcome = TestResult.Outcome
PASSED = Outcome.PASSED
LOOKS: dict[str, tuple[str, str]] = {  # kind and icon of the badge
    Outcome.PASSED: ("ok", "check"),
    Outcome.FAILED: ("bad", "x"),
    Outcome.ERROR: ("warn", "tri"),
    Outcome.TIMEOUT: ("warn", "clock"),
    Outcome.SKIPPED: ("", "minus"),
}


@dataclass(frozen=True)
class Side:
    """One column: a code that the tests are run on."""

    key: str
    name: str
    code: UUID


@dataclass(frozen=True)
class Row:
    """One test: its result on each side, None where there is none."""

    name: str
    cells: list[TestResult | None]
    change: str  # "fixed", "broken" or nothing, from the suggestion to the correction


@dataclass(frozen=True)
class Block:
    """One suite: where it comes from, its run on each side, its rows."""

    title: str
    runs: list[TestRun | None]
    rows: list[Row]

    @property
    def troubles(self) -> list[TestRun]:
        """The runs that came to nothing, each reason once."""
        bad = [run for run in self.runs if run and run.state in (State.FAILED, State.REFUSED)]
        return list({run.problem: run for run in bad}.values())


@dataclass(frozen=True)
class Matrix:
    """All of it, with what a person can do about it."""

    sides: list[Side]
    blocks: list[Block]
    unusable: str  # why tests that came with the correction cannot be run
    off: str  # why no machine of ours runs tests
    kept: list[tuple[Verdict, list[Kept]]]  # what the tests had said when verdicts were given

    @property
    def runs(self) -> list[TestRun]:
        """Every run there is."""
        return [run for block in self.blocks for run in block.runs if run is not None]

    @property
    def is_pending(self) -> bool:
        """Whether a worker will still tell something."""
        return any(run.state in (State.QUEUED, State.RUNNING) for run in self.runs)

    @property
    def is_wanting(self) -> bool:
        """Whether there is something to ask for: a run never asked for, or one that failed."""
        runs = [run for block in self.blocks for run in block.runs]
        return any(run is None or run.state in (State.FAILED, State.REFUSED) for run in runs)

    @property
    def act(self) -> str:
        """What asking now does."""
        if not self.runs:
            return gettext("Run the tests")
        bad = any(run.state in (State.FAILED, State.REFUSED) for run in self.runs)
        return gettext("Run again") if bad else gettext("Run the rest")

    @property
    def fixed(self) -> int:
        """Tests that the suggestion failed and the correction passes."""
        return sum(row.change == "fixed" for block in self.blocks for row in block.rows)

    @property
    def broken(self) -> int:
        """Tests that the suggestion passed and the correction does not."""
        return sum(row.change == "broken" for block in self.blocks for row in block.rows)

    @property
    def says(self) -> str:
        """In two words, for a tab."""
        if self.broken:
            return gettext("{broken} broken").format(broken=self.broken)
        if self.fixed:
            return _now_pass(self.fixed)
        return ""

    @property
    def words(self) -> str:
        """In one sentence."""
        if not self.tests:
            return gettext("Not run yet.") if self.is_wanting else ""
        parts = [_now_pass(self.fixed)] if self.fixed else []
        parts += (
            [gettext("{broken} passed before and no longer").format(broken=self.broken)]
            if self.broken
            else []
        )
        same = self.tests - self.fixed - self.broken
        parts += [gettext("{same} the same on both").format(same=same)] if same else []
        return gettext("Of {tests}: {parts}.").format(tests=self.tests, parts=", ".join(parts))

    @property
    def tests(self) -> int:
        """How many tests have told anything."""
        return sum(len(block.rows) for block in self.blocks)


def _now_pass(number: int) -> str:
    return ngettext("{n} now passes", "{n} now pass", number).format(n=number)


def matrix_of(
    example: Example, now: datetime, verdicts: Sequence[Verdict] = (), tried: UUID | None = None
) -> Matrix:
    """The matrix of an example; `tried` is a further code that a reviewer has had tested.

    `verdicts` are those whose code the reader may see.
    """
    sides = _sides(example, verdicts, tried)
    suites = _suites(example)
    runs = _runs([suite for suite, _ in suites if suite.pk], [side.code for side in sides])
    results = _results(runs.values())
    blocks = [_block(title, suite, sides, runs, results) for suite, title in suites]
    _, unusable = planning.own_tests(example)
    kept = kept_with(verdicts) if verdicts and suites else {}
    return Matrix(
        sides,
        blocks,
        unusable,
        off(now) if suites else "",
        [(verdict, kept[verdict.pk]) for verdict in verdicts if verdict.pk in kept],
    )


def off(now: datetime) -> str:
    """Why no machine of ours runs tests; nothing where one does, or none has tried lately."""
    lately = SandboxReport.objects.filter(at__gt=now - REPORT_HOLDS).order_by("-holds", "-at")
    last = lately.first()
    return last.problem if last and not last.holds else ""


def _sides(example: Example, verdicts: Sequence[Verdict], tried: UUID | None) -> list[Side]:
    sides = [Side("suggestion", gettext("Suggestion"), example.output_id)]
    if example.ideal_id != example.output_id:
        sides.append(Side("correction", gettext("Correction"), example.ideal_id))
    undone = {verdict.undoes_id for verdict in verdicts}
    fixes = [each for each in verdicts if each.fixed_id and each.pk not in undone]
    if fixes and fixes[-1].fixed_id:
        sides.append(
            Side(
                "fix",
                gettext("Fix of {reviewer}").format(reviewer=fixes[-1].reviewer),
                fixes[-1].fixed_id,
            )
        )
    if tried and all(side.code != tried for side in sides):
        sides.append(Side("tried", gettext("Your code"), tried))
    return sides


def _suites(example: Example) -> list[tuple[TestSuite, str]]:
    """The suites in force, kept or not yet; then those the example had before."""
    kept = TestPlan.objects.filter(example=example).select_related("suite__recipe").order_by("pk")
    stored = {plan.suite.digest: plan.suite for plan in kept}
    found = []
    for suite, recipe in planning.suites_of(example):
        title = (
            gettext("Recipe {recipe}").format(recipe=recipe)
            if recipe
            else gettext("Tests that came with the correction")
        )
        new = TestSuite(recipe=recipe)
        found.append((stored.pop(suite.digest, new), title))
    before = [
        (suite, gettext("Recipe {value}, replaced").format(value=suite.recipe or gettext("gone")))
        for suite in stored.values()
    ]
    return found + before


def _runs(suites: Sequence[TestSuite], codes: Sequence[UUID]) -> dict[tuple[int, UUID], TestRun]:
    if not suites:
        return {}
    wanted = TestRun.objects.filter(suite__in=suites, code_id__in=codes).order_by("sandbox", "pk")
    return {(run.suite_id, run.code_id): run for run in wanted}


def _results(runs: Iterable[TestRun]) -> dict[int, dict[str, TestResult]]:
    done = [run.pk for run in runs if run.state == State.DONE]
    found: dict[int, dict[str, TestResult]] = {}
    for result in TestResult.objects.filter(run__in=done) if done else ():
        found.setdefault(result.run_id, {})[result.name] = result
    return found


def _block(
    title: str,
    suite: TestSuite,
    sides: Sequence[Side],
    runs: dict[tuple[int, UUID], TestRun],
    results: dict[int, dict[str, TestResult]],
) -> Block:
    mine = [runs.get((suite.pk or 0, side.code)) for side in sides]
    told = [results.get(run.pk, {}) if run else {} for run in mine]
    names = dict.fromkeys(name for each in told for name in each)
    rows = [_row(name, [each.get(name) for each in told]) for name in names]
    return Block(title, mine, rows)


def _row(name: str, cells: list[TestResult | None]) -> Row:
    before, after = (*cells, None)[:2]
    change = ""
    if before and after:
        was, is_ = before.outcome == PASSED, after.outcome == PASSED
        change = {(False, True): "fixed", (True, False): "broken"}.get((was, is_), "")
    return Row(name, cells, change)
