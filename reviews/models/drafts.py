"""What somebody has typed for a slot and not decided yet."""

from django.db import models

from governance.models import User
from reviews.models.tasks import ReviewTask


class Draft(models.Model):
    """One person's unfinished words on one slot; gone once they decide it."""

    task = models.ForeignKey(ReviewTask, on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    said = models.JSONField(help_text="Field by field, only what differs from the empty form")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draft_one_each", fields=["person", "task"]),
        ]
        indexes = [models.Index(fields=["at"], name="draft_age")]

    def __str__(self) -> str:
        return f"draft of {self.person} on {self.task}"
