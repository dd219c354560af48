"""Runs of background work, and what each said on its way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from curation.models.datasets import DatasetVersion
from governance.models import Project, User


class Run(models.Model):
    """One piece of background work of a project, from its beginning to its end.

    Of a build, the version's own row says its state and how far it is (`curation.run_words`).
    """

    class Kind(models.TextChoices):
        BUILD = "build", gettext_lazy("Freezing a version")
        PUBLISH = "publish", gettext_lazy("Publishing a version")
        LABEL = "label", gettext_lazy("Labelling")
        COMPARE = "compare", gettext_lazy("Finding near-duplicates")
        TRAIN = "train", gettext_lazy("Training the learned voter")

    class Outcome(models.TextChoices):
        DONE = "done", gettext_lazy("Done")
        FAILED = "failed", gettext_lazy("Failed")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=7, choices=Kind)
    version = models.ForeignKey(
        DatasetVersion,
        on_delete=models.PROTECT,
        related_name="runs",
        null=True,
        blank=True,
        help_text="That is frozen or published",
    )
    by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Who asked for it; nobody where it came up by itself",
    )
    is_scheduled = models.BooleanField(default=False, help_text="In their name, by a schedule")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=6, choices=Outcome, blank=True)
    done = models.PositiveBigIntegerField(default=0, help_text="Rows, so far")
    total = models.PositiveBigIntegerField(default=0, help_text="Rows, as far as is known")
    paced_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the rate is measured: rows are known and begun"
    )
    paced_from = models.PositiveBigIntegerField(default=0, help_text="Rows that were done then")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="run_kind_known",
                condition=Q(kind__in=["build", "publish"], version__isnull=False)
                | Q(kind__in=["label", "compare", "train"], version=None),
            ),
            models.CheckConstraint(
                name="run_outcome_at_its_end",
                condition=Q(kind="build", outcome="")
                | (~Q(kind="build") & Q(ended_at=None, outcome=""))
                | (~Q(kind="build") & Q(ended_at__isnull=False, outcome__in=["done", "failed"])),
            ),
            models.UniqueConstraint(
                name="run_build_once", fields=["version"], condition=Q(kind="build")
            ),
            models.UniqueConstraint(
                name="run_publishing_one_at_a_time",
                fields=["version"],
                condition=Q(kind="publish", ended_at=None),
            ),
            models.UniqueConstraint(
                name="run_of_a_kind_one_at_a_time",
                fields=["project", "kind"],
                condition=Q(version=None, ended_at=None),
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="run_newest")]

    def __str__(self) -> str:
        return f"run {self.pk}: {self.kind}"


class RunLine(models.Model):
    """What a run said, once: a word of ours and figures, never a word of a row. Not changed."""

    class Level(models.TextChoices):
        INFO = "info", gettext_lazy("Info")
        WARNING = "warning", gettext_lazy("Warning")
        ERROR = "error", gettext_lazy("Error")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="lines", db_index=False)
    at = models.DateTimeField()
    level = models.CharField(max_length=7, choices=Level)
    said = models.CharField(max_length=20, help_text="A key of curation.run_words.LINES")
    place = models.PositiveBigIntegerField(
        default=0, help_text="Where in the run; said there once, however often it is gone on with"
    )
    figures = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="run_line_once", fields=["run", "said", "place"]),
            models.CheckConstraint(
                name="run_line_level_known", condition=Q(level__in=["info", "warning", "error"])
            ),
        ]
        indexes = [models.Index(fields=["run", "id"], name="run_line_order")]

    def __str__(self) -> str:
        return f"{self.said} of run {self.run_id}"
