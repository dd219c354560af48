"""Tests of an example's code: what to run, each run on one code, and what came of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from curation.models import Example
from feedback.models import Blob
from governance.models import Project, User
from reviews.models.verdicts import Verdict


class TestPolicy(models.Model):
    """Whether a project's new examples have their tests run without anybody asking."""

    __test__ = False  # pytest takes every class of this name for one of its own

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="test_policy")
    is_automatic = models.BooleanField(default=False)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.project}: {'automatic' if self.is_automatic else 'when asked'}"


class TestRecipe(models.Model):
    """One version of a project's tests for a language and a path. Append-only: the newest holds."""

    __test__ = False

    class Kind(models.TextChoices):
        PYTHON = "python", gettext_lazy("Python: each test function is a test")
        COMMAND = "command", gettext_lazy("A command: each test file is a test, exit code 0 passes")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="test_recipes")
    name = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(help_text="1, 2, 3 … of its name")
    is_on = models.BooleanField(default=True, help_text="No: this version takes the recipe back")
    language = models.CharField(max_length=40, blank=True, help_text="Empty: any")
    path = models.CharField(max_length=300, blank=True, help_text="A pattern; empty: any")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.PYTHON)
    command = models.CharField(max_length=300, blank=True)
    files = models.JSONField(default=list, help_text="What the tests need beside the code")
    tests = models.JSONField(default=list, help_text="Paths and texts")
    seconds = models.PositiveSmallIntegerField(default=5, help_text="For one test")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="test_recipe_version_once", fields=["project", "name", "version"]
            ),
            models.CheckConstraint(
                name="test_recipe_kind_known", condition=Q(kind__in=["python", "command"])
            ),
            models.CheckConstraint(
                name="test_recipe_command_has_one", condition=~Q(kind="command", command="")
            ),
            models.CheckConstraint(
                name="test_recipe_seconds_few", condition=Q(seconds__gte=1, seconds__lte=30)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class TestSuite(models.Model):
    """What is run: where the code goes, its tests, how. Append-only, named by its content."""

    __test__ = False

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical content")
    content = models.JSONField()
    recipe = models.ForeignKey(
        TestRecipe,
        on_delete=models.PROTECT,
        related_name="suites",
        null=True,
        blank=True,
        help_text="None: the tests came with the correction",
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="test_suite_once", fields=["project", "digest"]),
        ]

    def __str__(self) -> str:
        return f"suite {self.digest[:12]}"


class TestPlan(models.Model):
    """An example has this suite. Append-only."""

    __test__ = False

    example = models.ForeignKey(
        Example, on_delete=models.PROTECT, related_name="test_plans", db_index=False
    )
    suite = models.ForeignKey(TestSuite, on_delete=models.PROTECT, related_name="plans")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="test_plan_once", fields=["example", "suite"]),
        ]

    def __str__(self) -> str:
        return f"{self.suite} of {self.example}"


class TestRun(models.Model):
    """One suite on one code: the same inputs are run once, whoever asks and for which example.

    Its state says whether it is due; the lease is in the row, and `attempts` is the fence that
    keeps a worker that was given up from writing over the next one's results.
    """

    __test__ = False

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("Waits for a worker")
        RUNNING = "running", gettext_lazy("Running")
        DONE = "done", gettext_lazy("Done")
        FAILED = "failed", gettext_lazy("Could not be run")
        REFUSED = "refused", gettext_lazy("Not run: the sandbox does not hold")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="test_runs")
    suite = models.ForeignKey(
        TestSuite, on_delete=models.PROTECT, related_name="runs", db_index=False
    )
    code = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    sandbox = models.PositiveSmallIntegerField(help_text="Version of how the sandbox runs things")
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    asked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="None: the project's policy",
    )
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    host = models.CharField(max_length=200, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)
    made_of = models.CharField(max_length=200, blank=True, help_text="Versions it ran on")
    problem = models.CharField(max_length=1000, blank=True)
    results_sha256 = models.CharField(max_length=64, blank=True, help_text="Of all its results")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="test_run_same_inputs_once", fields=["suite", "code", "sandbox"]
            ),
            models.CheckConstraint(
                name="test_run_state_known",
                condition=Q(state__in=["queued", "running", "done", "failed", "refused"]),
            ),
            models.CheckConstraint(
                name="test_run_lease_while_running",
                condition=Q(state="running", leased_until__isnull=False)
                | (~Q(state="running") & Q(leased_until=None)),
            ),
            models.CheckConstraint(
                name="test_run_done_is_whole",
                condition=Q(state="done", finished_at__isnull=False) & ~Q(results_sha256="")
                | (~Q(state="done") & Q(results_sha256="")),
            ),
            models.CheckConstraint(
                name="test_run_says_why_not",
                condition=~Q(state__in=["failed", "refused"]) | ~Q(problem=""),
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="test_run_queue", condition=Q(state="queued")),
            models.Index(
                fields=["leased_until"], name="test_run_leases", condition=Q(state="running")
            ),
            models.Index(
                fields=["project", "-finished_at"],
                name="test_run_turns",
                condition=Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"test run {self.pk}"


class TestResult(models.Model):
    """What came of one test of one run. Append-only."""

    __test__ = False

    class Outcome(models.TextChoices):
        PASSED = "passed", gettext_lazy("Passed")
        FAILED = "failed", gettext_lazy("Failed")
        ERROR = "error", gettext_lazy("Error")
        TIMEOUT = "timeout", gettext_lazy("Timed out")
        SKIPPED = "skipped", gettext_lazy("Skipped")

    run = models.ForeignKey(
        TestRun, on_delete=models.PROTECT, related_name="results", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    outcome = models.CharField(max_length=7, choices=Outcome)
    ms = models.PositiveIntegerField()
    message = models.CharField(max_length=500, blank=True)
    output = models.TextField(blank=True, help_text="What it printed, bounded")

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(name="test_result_once", fields=["run", "position"]),
            models.CheckConstraint(
                name="test_result_outcome_known",
                condition=Q(outcome__in=["passed", "failed", "error", "timeout", "skipped"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"


class TestEvidence(models.Model):
    """A finished run that was there when a verdict was given. Append-only."""

    __test__ = False

    verdict = models.ForeignKey(
        Verdict, on_delete=models.PROTECT, related_name="test_evidence", db_index=False
    )
    run = models.ForeignKey(TestRun, on_delete=models.PROTECT, related_name="evidence")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="test_evidence_once", fields=["verdict", "run"]),
        ]

    def __str__(self) -> str:
        return f"{self.run} for {self.verdict}"


class SandboxReport(models.Model):
    """What a machine's workers found when they last tried to get out of their sandbox."""

    host = models.CharField(max_length=200, unique=True)
    holds = models.BooleanField()
    problem = models.CharField(max_length=1000, blank=True)
    made_of = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sandbox_report_says_why_not", condition=Q(holds=True) | ~Q(problem="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host}: {'holds' if self.holds else self.problem}"


class TestMark(models.Model):
    """How far the planning has read the examples; one row (`reviews.planning`)."""

    __test__ = False

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    settled = models.BigIntegerField(default=0, help_text="Everything up to it has been looked at")
    seen = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(name="test_mark_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"settled {self.settled}, seen {self.seen}"
