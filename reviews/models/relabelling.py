"""A project's waiting examples, labelled again."""

from django.db import models
from django.db.models import Q

from governance.models import Project, User


class Relabelling(models.Model):
    """One time that what waits gets its label anew; how far it is says `after`."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="relabellings")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    up_to = models.BigIntegerField(help_text="The newest example when it was asked for")
    after = models.BigIntegerField(default=0, help_text="Examples up to this one are done")
    looked_at = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0, help_text="Of these, called otherwise now")
    ended_at = models.DateTimeField(null=True, blank=True)
    is_stopped = models.BooleanField(default=False, help_text="Before it came to the end")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="relabelling_one_at_a_time", fields=["project"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="relabelling_counts", condition=Q(changed__lte=models.F("looked_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"relabelling {self.pk} of {self.project_id}"
