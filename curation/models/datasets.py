"""Dataset versions, which never change, and their rows."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from curation.models.examples import Decision, Example
from governance.models import Project, User


class DatasetVersion(models.Model):
    """Frozen rows with their splits, recipe and manifest; its id is a hash of the content."""

    class State(models.TextChoices):
        REQUESTED = "requested", gettext_lazy("Waiting to be built")
        BUILDING = "building", gettext_lazy("Being built")
        FROZEN = "frozen", gettext_lazy("Frozen")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        FAILED = "failed", gettext_lazy("Failed")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="dataset_versions")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in the project")
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    recipe = models.JSONField(help_text="Everything the content depends on besides the decisions")
    cutoff = models.DateTimeField(help_text="Decisions after this do not count")
    last_decision = models.BigIntegerField(
        default=0, help_text="The newest decision that counts: the cutoff, exactly"
    )
    last_recall = models.BigIntegerField(
        default=0, help_text="The newest recall that counts, as exactly"
    )
    earlier = models.JSONField(
        default=list,
        blank=True,
        help_text="Numbers of the versions frozen when it was asked for: their test rows stay test",
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    touched_at = models.DateTimeField(
        null=True, blank=True, help_text="When a builder last wrote; long ago means it died"
    )
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    progress = models.PositiveIntegerField(default=0, help_text="Examples looked at so far")
    total = models.PositiveIntegerField(default=0, help_text="Examples to look at")
    problem = models.TextField(blank=True, help_text="Why it failed, for a person")
    manifest = models.JSONField(default=dict, blank=True)
    content_id = models.CharField(max_length=64, blank=True, help_text="SHA-256 over the content")
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="dataset_version_number", fields=["project", "number"]),
            models.UniqueConstraint(
                name="dataset_version_one_is_built",
                fields=["project"],
                condition=Q(state="building"),
            ),
            models.CheckConstraint(
                name="dataset_version_state_known",
                condition=Q(state__in=["requested", "building", "frozen", "cancelled", "failed"]),
            ),
            models.CheckConstraint(
                name="dataset_version_frozen_is_whole",
                condition=(Q(state="frozen") & ~Q(content_id="") & Q(frozen_at__isnull=False))
                | (~Q(state="frozen") & Q(content_id="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} v{self.number}"


class DatasetRow(models.Model):
    """One example in one version, as it was decided. Append-only.

    An erasure leaves a tombstone: the row without its example and decision. What the version's
    files said of all rows of that `row_id` is left out of them from then on (`curation.remains`).
    """

    class Split(models.TextChoices):
        TRAIN = "train", gettext_lazy("Train")
        VALIDATION = "validation", gettext_lazy("Validation")
        TEST = "test", gettext_lazy("Test")

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="rows")
    example = models.ForeignKey(
        Example, on_delete=models.PROTECT, related_name="dataset_rows", null=True, blank=True
    )
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    split = models.CharField(max_length=10, choices=Split)
    row_id = models.CharField(max_length=64, help_text="SHA-256 of the row's canonical content")
    leads = models.BooleanField(
        default=True,
        help_text="Its label stands in the file; the others of one row_id say the same and count",
    )
    is_near = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It says nearly the same as the one that leads, and counts in the weight",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="dataset_row_once", fields=["version", "example"]),
            models.UniqueConstraint(
                name="dataset_row_one_leads", fields=["version", "row_id"], condition=Q(leads=True)
            ),
            models.CheckConstraint(
                name="dataset_row_split_known",
                condition=Q(split__in=["train", "validation", "test"]),
            ),
            models.CheckConstraint(
                name="dataset_row_whole_or_erased",
                condition=Q(example=None, decision=None)
                | Q(example__isnull=False, decision__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["version", "row_id"],
                name="dataset_row_erased",
                condition=Q(example=None),
            ),
            models.Index(fields=["version", "split", "row_id"], name="dataset_row_order"),
        ]

    def __str__(self) -> str:
        return self.row_id[:12]
