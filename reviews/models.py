"""People deciding: slots that carry their own lease, and what was decided in them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from curation.models import Category, Decision, Example
from feedback.models import SEVERITY_KNOWN, Blob, Severity
from governance.models import Project, User


class ReviewTask(models.Model):
    """One slot of one example's review.

    The lease lives in this row, because a lock is only worth what it is kept in (style.md,
    finding 1). The columns after `urgency` repeat the example's, so that the queue is one
    index scan of one narrow table.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        LEASED = "leased", "Being reviewed"
        DECIDED = "decided", "Decided"
        ESCALATED = "escalated", "Escalated"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="review_tasks")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="review_tasks")
    slot = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(db_default=Now())
    is_escalated = models.BooleanField(
        default=False, help_text="A reviewer passed it on; only curators may decide it"
    )

    leased_to = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    leased_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_epoch = models.PositiveIntegerField(default=0, help_text="How often it was leased")

    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    urgency = models.PositiveIntegerField(
        help_text="0 to 1,000: the label's doubt in thousandths; higher comes first"
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", help_text="What the votes suggest"
    )
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    language = models.CharField(max_length=40, blank=True)
    repository = models.CharField(max_length=300, blank=True)
    model_name = models.CharField(max_length=200, blank=True)
    file_path = models.CharField(max_length=1000, blank=True)
    developer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="review_task_slot_once", fields=["example", "slot"]),
            models.UniqueConstraint(
                name="review_task_one_slot_each",
                fields=["example", "decided_by"],
                condition=Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="review_task_state_known",
                condition=Q(state__in=["open", "leased", "decided", "escalated"]),
            ),
            models.CheckConstraint(
                name="review_task_lease_whole",
                condition=Q(
                    state="leased",
                    leased_to__isnull=False,
                    leased_at__isnull=False,
                    leased_until__isnull=False,
                    lease_token__isnull=False,
                )
                | (
                    ~Q(state="leased")
                    & Q(leased_to=None, leased_at=None, leased_until=None, lease_token=None)
                ),
            ),
            models.CheckConstraint(
                name="review_task_escalated_marked",
                condition=Q(state="escalated", is_escalated=True)
                | Q(state="open", is_escalated=False)
                | Q(state__in=["leased", "decided"]),
            ),
            models.CheckConstraint(
                name="review_task_decided_by_someone",
                condition=Q(state="decided", decided_by__isnull=False, decided_at__isnull=False)
                | (~Q(state="decided") & Q(decided_by=None, decided_at=None)),
            ),
            models.CheckConstraint(name="review_task_severity_known", condition=SEVERITY_KNOWN),
        ]
        indexes = [
            # The columns after `id` are those people filter by: PostgreSQL tests them inside the
            # index, so a filter that few rows pass reads no row in vain.
            models.Index(
                fields=[
                    "project",
                    "-urgency",
                    "id",
                    "language",
                    "category",
                    "severity",
                    "repository",
                    "model_name",
                ],
                name="review_task_queue",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["project", "-urgency", "id"],
                name="review_task_escalated",
                condition=Q(state="escalated"),
            ),
            models.Index(
                fields=["project", "-urgency", "id"],
                name="review_task_held",
                condition=Q(state="leased"),
            ),
            models.Index(
                fields=["project", "decided_by", "-decided_at", "-id"],
                name="review_task_decided_by",
                condition=Q(state="decided"),
            ),
            models.Index(
                fields=["leased_until"], name="review_task_leases", condition=Q(state="leased")
            ),
            models.Index(
                fields=["leased_to"], name="review_task_holders", condition=Q(state="leased")
            ),
            models.Index(
                fields=["project", "-decided_at"],
                name="review_task_decided",
                condition=Q(state="decided"),
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def name(self) -> str:
        """What people call it: its file's name."""
        return self.file_path.rpartition("/")[2] or f"item {self.pk}"

    @property
    def folder(self) -> str:
        """The part of the file's path before its name."""
        return "".join(self.file_path.rpartition("/")[:2])

    @property
    def certainty(self) -> int:
        """Of the suggested category, in whole per cent."""
        return 100 - self.doubt

    @property
    def doubt(self) -> int:
        """Per cent; never rounded to a certainty there was not."""
        return -(-self.urgency // 10)


class Verdict(models.Model):
    """One person's decision on a slot. Append-only: undoing writes another one."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", "Accepted"
        FIX = "fix", "Fixed and accepted"
        REJECT = "reject", "Rejected"
        ESCALATE = "escalate", "Escalated"
        SKIP = "skip", "Skipped"
        UNDO = "undo", "Undone"

    class Reason(models.TextChoices):
        WRONG = "wrong", "The correction is wrong too"
        UNCLEAR = "unclear", "Cannot be judged from what is here"
        NOT_A_FAULT = "not_a_fault", "The output was fine"
        TRIVIAL = "trivial", "Nothing to learn from it"
        PRIVATE = "private", "Holds secrets or personal data"

    task = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="verdicts")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="verdicts")
    kind = models.CharField(max_length=8, choices=Kind)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    note = models.TextField(blank=True)
    fixed = models.ForeignKey(
        Blob, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    lease_epoch = models.PositiveIntegerField()
    held_ms = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="From claim to decision"
    )
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="undone_by", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verdict_kind_known",
                condition=Q(kind__in=["accept", "fix", "reject", "escalate", "skip", "undo"]),
            ),
            models.CheckConstraint(
                name="verdict_accept_has_category",
                condition=~Q(kind__in=["accept", "fix"]) | Q(category__isnull=False),
            ),
            models.CheckConstraint(
                name="verdict_fix_has_code", condition=~Q(kind="fix") | Q(fixed__isnull=False)
            ),
            models.CheckConstraint(
                name="verdict_reject_has_reason", condition=~Q(kind="reject") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="verdict_undo_undoes",
                condition=Q(kind="undo", undoes__isnull=False) | (~Q(kind="undo") & Q(undoes=None)),
            ),
            models.CheckConstraint(name="verdict_severity_known", condition=SEVERITY_KNOWN),
        ]
        indexes = [
            models.Index(fields=["reviewer", "-id"], name="verdict_mine"),
            models.Index(
                fields=["reviewer", "task"], name="verdict_skipped", condition=Q(kind="skip")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.task}"
