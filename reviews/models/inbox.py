"""What waits for one person: mentions, replies, and items whose next step is theirs."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from governance.models import Project, User
from reviews.models.comments import Comment
from reviews.models.tasks import ReviewTask


class InboxEntry(models.Model):
    """One thing a person should know, written in the transaction that made it so."""

    class Kind(models.TextChoices):
        MENTION = "mention", gettext_lazy("Mentions of you")
        REPLY = "reply", gettext_lazy("Replies in your threads")
        ESCALATED = "escalated", gettext_lazy("Escalated items")
        DISPUTED = "disputed", gettext_lazy("Items that reviewers disagree on")
        ASSIGNED = "assigned", gettext_lazy("Items assigned to you")
        REOPENED = "reopened", gettext_lazy("Decisions of yours that were re-opened")
        DISAGREED = "disagreed", gettext_lazy("Verdicts that differ from yours")
        OVERRULED = "overruled", gettext_lazy("Decisions against your verdict")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="inbox")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    task = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="+")
    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="inbox_entry_kind_known",
                condition=Q(
                    kind__in=[
                        "mention",
                        "reply",
                        "escalated",
                        "disputed",
                        "assigned",
                        "reopened",
                        "disagreed",
                        "overruled",
                    ]
                ),
            ),
            models.UniqueConstraint(
                name="inbox_entry_once_a_comment",
                fields=["person", "comment"],
                condition=Q(comment__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"],
                name="inbox_unread",
                condition=Q(read_at__isnull=True, done_at__isnull=True),
            ),
            models.Index(fields=["person", "-id"], name="inbox_newest"),
            models.Index(
                fields=["task"], name="inbox_open_of_task", condition=Q(done_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person}"
