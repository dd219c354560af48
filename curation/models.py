"""From feedback to labelled examples, and to dataset versions that never change."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from feedback.models import SEVERITY_KNOWN, Blob, Correction, Severity
from governance.models import Project, User


class IntakeMark(models.Model):
    """How far the intake has read the feedback; one row (`curation.intake`).

    Corrections up to `settled` are all here. `seen` was the newest one at `seen_at`; it becomes
    `settled` once every transaction that ran then must be over.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    settled = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="intake_mark_is_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="intake_mark_order", condition=Q(settled__lte=models.F("seen"))
            ),
        ]

    def __str__(self) -> str:
        return f"settled {self.settled}, seen {self.seen}"


class Category(models.Model):
    """What kind of failure; a tree per project whose top is fixed (`curation.categories`)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="categories")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    definition = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="category_slug_once", fields=["project", "slug"]),
            models.CheckConstraint(
                name="category_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Example(models.Model):
    """A candidate training example, one per correction.

    The columns below `correction` are copied from feedback when the example arrives, because
    the queue filters and the splits group by them; feedback never changes, so nor do they.
    """

    class State(models.TextChoices):
        ARRIVED = "arrived", "Arrived"  # no labeler has looked yet
        LABELLED = "labelled", "Labelled"  # waits for a person
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="examples")
    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, related_name="example")
    prompt = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    output = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    ideal = models.ForeignKey(
        Blob, on_delete=models.PROTECT, related_name="+", help_text="The developer's corrected code"
    )
    language = models.CharField(max_length=40, blank=True)
    file_path = models.CharField(max_length=1000, blank=True)
    repository = models.CharField(max_length=300, blank=True)
    session = models.CharField(max_length=200, blank=True)
    developer = models.CharField(max_length=200, blank=True)
    model_name = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    occurred_at = models.DateTimeField()
    arrived_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, choices=State, default=State.ARRIVED)
    # The label in force: of the votes until a person decides, then of the decision
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    probability = models.FloatField(default=0, help_text="Of `category`, 0 to 1; 1 once decided")
    labelled_at = models.DateTimeField(null=True, blank=True)
    labelling_until = models.DateTimeField(
        null=True, blank=True, help_text="A worker is at it until then; after that another may"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="example_state_known",
                condition=Q(state__in=["arrived", "labelled", "accepted", "rejected"]),
            ),
            models.CheckConstraint(
                name="example_labelled_has_category",
                condition=Q(state="arrived") | Q(category__isnull=False),
            ),
            models.CheckConstraint(
                name="example_probability_share",
                condition=Q(probability__gte=0, probability__lte=1),
            ),
            models.CheckConstraint(name="example_severity_known", condition=SEVERITY_KNOWN),
        ]
        indexes = [
            models.Index(fields=["id"], name="example_unlabelled", condition=Q(state="arrived")),
            models.Index(
                fields=["project", "id"], name="example_accepted", condition=Q(state="accepted")
            ),
            models.Index(fields=["project", "developer", "-id"], name="example_mine"),
        ]

    def __str__(self) -> str:
        return f"ex_{self.pk}"


class Vote(models.Model):
    """One labeler's opinion about an example. No category: it abstains. Append-only."""

    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="votes")
    labeler = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField(max_length=300, help_text="One sentence for the reviewer")
    evidence = models.JSONField(default=dict, help_text="What it saw; findings, for the analysers")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="vote_once", fields=["example", "labeler", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.labeler} on {self.example}"


class Decision(models.Model):
    """A person's word on an example, in order; the last one holds. Append-only.

    A dataset version reads these as of its cutoff, so that later work does not change it.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"  # undone: back to what the votes say

    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=9, choices=Outcome)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    ideal = models.ForeignKey(
        Blob,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="The code to learn; the reviewer's where they fixed it",
    )
    reason = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_outcome_known",
                condition=Q(outcome__in=["accepted", "rejected", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="decision_accepted_is_whole",
                condition=~Q(outcome="accepted") | Q(category__isnull=False, ideal__isnull=False),
            ),
            models.CheckConstraint(name="decision_severity_known", condition=SEVERITY_KNOWN),
        ]
        indexes = [models.Index(fields=["example", "-id"], name="decision_last")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.example}"


class DatasetVersion(models.Model):
    """Frozen rows with their splits, recipe and manifest; its id is a hash of the content."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Waiting to be built"
        BUILDING = "building", "Being built"
        FROZEN = "frozen", "Frozen"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="dataset_versions")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in the project")
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    recipe = models.JSONField(help_text="Everything the content depends on besides the decisions")
    cutoff = models.DateTimeField(help_text="Decisions after this do not count")
    last_decision = models.BigIntegerField(
        default=0, help_text="The newest decision that counts: the cutoff, exactly"
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
    """One example in one version, as it was decided. Append-only."""

    class Split(models.TextChoices):
        TRAIN = "train", "Train"
        VALIDATION = "validation", "Validation"
        TEST = "test", "Test"

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="rows")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="dataset_rows")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    split = models.CharField(max_length=10, choices=Split)
    row_id = models.CharField(max_length=64, help_text="SHA-256 of the row's canonical content")
    leads = models.BooleanField(
        default=True,
        help_text="Its label stands in the file; the others of one row_id say the same and count",
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
        ]
        indexes = [
            models.Index(fields=["version", "split", "row_id"], name="dataset_row_order"),
        ]

    def __str__(self) -> str:
        return self.row_id[:12]
