"""One decision for several slots: near-duplicates, or all that pass a filter."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from curation.models import Category, Cluster, Example
from feedback.models import SEVERITY_KNOWN, Severity
from governance.models import Project, User
from reviews.models.tasks import ReviewTask
from reviews.models.verdicts import Verdict


class Batch(models.Model):
    """What a person decided for many slots at once; each slot has a verdict of its own."""

    class Kind(models.TextChoices):
        CLUSTER = "cluster", gettext_lazy("Near-duplicates")
        FILTER = "filter", gettext_lazy("All that pass a filter")

    class State(models.TextChoices):
        REQUESTED = "requested", gettext_lazy("Waiting for a worker")
        RUNNING = "running", gettext_lazy("Under way")
        DONE = "done", gettext_lazy("Done")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        UNDOING = "undoing", gettext_lazy("Being undone")
        UNDONE = "undone", gettext_lazy("Undone")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="batches")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=7, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    cluster = models.ForeignKey(
        Cluster, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    filters = models.TextField(blank=True, help_text="As they stood in the address")
    verdict = models.CharField(max_length=8, choices=Verdict.Kind)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    reason = models.CharField(max_length=12, choices=Verdict.Reason, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="When a worker last wrote; long ago: it died")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="batch_state_known",
                condition=Q(
                    state__in=["requested", "running", "done", "cancelled", "undoing", "undone"]
                ),
            ),
            models.CheckConstraint(
                name="batch_kind_whole",
                # an erasure takes a cluster apart and leaves the batch that decided it
                condition=Q(kind="cluster") | Q(kind="filter", cluster__isnull=True),
            ),
            models.CheckConstraint(
                name="batch_verdict_allowed",
                condition=Q(verdict="accept", category__isnull=False)
                | (Q(verdict="reject") & ~Q(reason=""))
                | Q(verdict__in=["unsure", "escalate"]),
            ),
            models.CheckConstraint(name="batch_severity_known", condition=SEVERITY_KNOWN),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="batch_due",
                condition=Q(state__in=["requested", "running", "undoing"]),
            ),
            models.Index(fields=["by", "-id"], name="batch_mine"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class BatchItem(models.Model):
    """One slot of a batch, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting")
        DECIDED = "decided", gettext_lazy("Decided")
        LEFT_OUT = "left_out", gettext_lazy("Left out")
        UNDONE = "undone", gettext_lazy("Undone")
        KEPT = "kept", gettext_lazy("Could not be undone")

    class Why(models.TextChoices):
        OWN = "own", gettext_lazy("your own correction")
        SEEN = "seen", gettext_lazy("you have reviewed it already")
        HELD = "held", gettext_lazy("somebody else holds it")
        ASSIGNED = "assigned", gettext_lazy("assigned to somebody else")
        GONE = "gone", gettext_lazy("decided, escalated or closed meanwhile")
        BUSY = "busy", gettext_lazy("somebody was taking it at that moment")
        CANCELLED = "cancelled", gettext_lazy("cancelled before its turn")
        MOVED_ON = "moved_on", gettext_lazy("something has happened to it since")

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    task = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="batch_items")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    why = models.CharField(max_length=9, choices=Why, blank=True)
    verdict = models.OneToOneField(
        Verdict, on_delete=models.PROTECT, related_name="batch_item", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="batch_item_once", fields=["batch", "task"]),
            models.CheckConstraint(
                name="batch_item_decided_has_verdict",
                condition=Q(outcome__in=["decided", "undone", "kept"], verdict__isnull=False)
                | Q(outcome__in=["waiting", "left_out"], verdict__isnull=True),
            ),
            models.CheckConstraint(
                name="batch_item_says_why",
                condition=(Q(outcome__in=["left_out", "kept"]) & ~Q(why=""))
                | Q(outcome__in=["waiting", "decided", "undone"], why=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "id"], name="batch_item_waiting", condition=Q(outcome="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} in {self.batch}"


class CategoryChange(models.Model):
    """A curator's word on the category of all that pass a filter, before anybody decided them."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="category_changes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filters = models.TextField(blank=True, help_text="As they stood in the address")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.category} for many, {self.pk}"


class CategoryChangeItem(models.Model):
    """One example of a change, and what a curator had said of it before."""

    change = models.ForeignKey(CategoryChange, on_delete=models.PROTECT, related_name="items")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="category_change_item_once", fields=["change", "example"]),
        ]

    def __str__(self) -> str:
        return f"{self.example} in {self.change}"
