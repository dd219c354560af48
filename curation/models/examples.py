"""Labelled examples: what came of corrections, what labelers and people said of each."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Now
from django.utils.translation import gettext, gettext_lazy

from curation.top import USUAL
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
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(name="category_slug_once", fields=["project", "slug"]),
            models.CheckConstraint(
                name="category_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """Its name for a reader: what every project starts with is said in their language."""
        return gettext(self.name) if self.name in USUAL else self.name


class ClusterMark(models.Model):
    """Who holds a project's row compares its examples: two at once would miss each other's."""

    project = models.OneToOneField(
        Project, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"clusters of {self.project_id}"


class Example(models.Model):
    """A candidate training example, one per correction.

    The columns below `correction` are copied from feedback when the example arrives, because
    the queue filters and the splits group by them; feedback never changes, so nor do they.
    """

    class State(models.TextChoices):
        ARRIVED = "arrived", gettext_lazy("Arrived")  # no labeler has looked yet
        LABELLED = "labelled", gettext_lazy("Labelled")  # waits for a person
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        REJECTED = "rejected", gettext_lazy("Rejected")

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
    compared_at = models.DateTimeField(
        null=True, blank=True, help_text="With all others of the project, for near-duplicates"
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
                fields=["id"],
                name="example_uncompared",
                condition=Q(compared_at=None) & ~Q(state="arrived"),
            ),
            models.Index(
                fields=["project", "id"], name="example_accepted", condition=Q(state="accepted")
            ),
            models.Index(fields=["project", "developer", "-id"], name="example_mine"),
            # by digest: a path may be too long for an index
            models.Index("project", MD5("file_path"), name="example_same_file"),
        ]

    def __str__(self) -> str:
        return f"ex_{self.pk}"


class Sketch(models.Model):
    """What an example's near-duplicates are found by (`curation.nearness`)."""

    example = models.OneToOneField(
        Example, on_delete=models.PROTECT, primary_key=True, related_name="sketch"
    )
    # No index of its own: the one below begins with it
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    algorithm = models.PositiveSmallIntegerField()
    same = models.BigIntegerField(help_text="Equal where the code is, white space aside")
    minhash = models.BinaryField(help_text="32-bit numbers, little-endian")
    bands = ArrayField(
        models.BigIntegerField(), help_text="None for a copy: its first example stands for it"
    )

    class Meta:
        indexes = [
            models.Index(fields=["project", "same"], name="sketch_same"),
            # Without the pending list, which every look-up would have to read through
            GinIndex(fields=["bands"], name="sketch_bands", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"sketch of ex_{self.pk}"


class Cluster(models.Model):
    """Examples that are near-duplicates of each other, directly or through others.

    Two that turn out to be one are merged; the one with the smaller id stays, the other says
    where its examples went.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="clusters")
    exemplar = models.ForeignKey(
        Example, on_delete=models.PROTECT, related_name="+", help_text="Most like all others"
    )
    size = models.PositiveIntegerField(help_text="How many examples")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="merged", null=True, blank=True
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cluster_holds_two_or_is_merged",
                condition=Q(merged_into=None, size__gte=2) | Q(merged_into__isnull=False, size=0),
            ),
        ]

    def __str__(self) -> str:
        return f"cluster {self.pk}"


class ClusterMember(models.Model):
    """An example that has near-duplicates.

    Kept beside the example and not in it, so that joining a cluster never waits for someone who
    decides, nor they for it.
    """

    example = models.OneToOneField(
        Example, on_delete=models.PROTECT, primary_key=True, related_name="membership"
    )
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="members")
    likeness = models.FloatField(help_text="To the exemplar, 0 to 1 (curation.nearness)")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cluster_member_likeness_share",
                condition=Q(likeness__gte=0, likeness__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"ex_{self.pk} in cluster {self.cluster_id}"


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
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        REJECTED = "rejected", gettext_lazy("Rejected")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")  # undone: back to what the votes say

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
