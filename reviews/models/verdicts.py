"""What people decided in their slots."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from curation.models import Category, Decision
from feedback.models import SEVERITY_KNOWN, Blob, Severity
from governance.models import User
from reviews.models.guidelines import Guideline
from reviews.models.tasks import ReviewTask


class Verdict(models.Model):
    """One person's decision on a slot. Append-only: undoing writes another one."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", gettext_lazy("Accepted")
        FIX = "fix", gettext_lazy("Fixed and accepted")
        REJECT = "reject", gettext_lazy("Rejected")
        REQUEUE = "requeue", gettext_lazy("Sent back to the queue")
        UNSURE = "unsure", gettext_lazy("Not sure")
        ESCALATE = "escalate", gettext_lazy("Escalated")
        SKIP = "skip", gettext_lazy("Skipped")
        PASS = "pass", gettext_lazy("Left to others")
        SNOOZE = "snooze", gettext_lazy("Snoozed")
        UNDO = "undo", gettext_lazy("Undone")
        REOPEN = "reopen", gettext_lazy("Opened again")

    COUNTED = (Kind.ACCEPT, Kind.FIX, Kind.REJECT, Kind.UNSURE)
    PUT_OFF = (Kind.SKIP, Kind.PASS, Kind.SNOOZE)  # nothing was said of the item

    class Reason(models.TextChoices):
        WRONG = "wrong", gettext_lazy("The correction is wrong too")
        UNCLEAR = "unclear", gettext_lazy("Cannot be judged from what is here")
        NOT_A_FAULT = "not_a_fault", gettext_lazy("The output was fine")
        TRIVIAL = "trivial", gettext_lazy("Nothing to learn from it")
        PRIVATE = "private", gettext_lazy("Holds secrets or personal data")

    task = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="verdicts")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="verdicts")
    kind = models.CharField(max_length=8, choices=Kind)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    note = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True)
    key = models.UUIDField(
        null=True, blank=True, help_text="The client's own; sent twice, it counts once"
    )
    is_blind = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Given before the others' verdicts could be seen",
    )
    agrees_with_judge = models.BooleanField(
        null=True, blank=True, help_text="On the category; none where the judge had no opinion"
    )
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
    guideline = models.ForeignKey(
        Guideline,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="In force then: of the category, else of the whole project",
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verdict_kind_known",
                condition=Q(
                    kind__in=[
                        "accept",
                        "fix",
                        "reject",
                        "requeue",
                        "unsure",
                        "escalate",
                        "skip",
                        "pass",
                        "snooze",
                        "undo",
                        "reopen",
                    ]
                ),
            ),
            models.UniqueConstraint(
                name="verdict_key_once", fields=["reviewer", "key"], condition=Q(key__isnull=False)
            ),
            models.CheckConstraint(
                name="verdict_accept_has_category",
                condition=~Q(kind__in=["accept", "fix"]) | Q(category__isnull=False),
            ),
            models.CheckConstraint(
                name="verdict_fix_has_code", condition=~Q(kind="fix") | Q(fixed__isnull=False)
            ),
            models.CheckConstraint(
                name="verdict_reject_has_reason",
                condition=~Q(kind__in=["reject", "requeue"]) | ~Q(reason=""),
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
                fields=["reviewer", "task"],
                name="verdict_skipped",
                condition=Q(kind__in=["skip", "pass"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.task}"
