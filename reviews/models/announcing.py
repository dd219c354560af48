"""How far webhooks were told of what happens below the reviews."""

from django.db import models


class AnnouncementMark(models.Model):
    """One source of events (`reviews.announcing`), and how far it was read.

    Rows up to `told` are announced. `seen` was the newest one at `seen_at`; what lies between is
    announced once every transaction that ran then is over: those with a number below `horizon`.
    """

    source = models.CharField(max_length=20, primary_key=True)
    told = models.BigIntegerField()
    seen = models.BigIntegerField()
    seen_at = models.DateTimeField()
    horizon = models.BigIntegerField(
        null=True, blank=True, help_text="A transaction begun since; older ones may still write"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="announced_only_what_was_seen", condition=models.Q(told__lte=models.F("seen"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} up to {self.told}"
