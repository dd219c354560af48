"""What share of a project's generations is followed after a decision."""

from django.db import models
from django.db.models import Q

from governance.models import Project, User


class Sampling(models.Model):
    """The share a project chose; without a row all are followed."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="+")
    share = models.FloatField(help_text="From 0 to 1")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sampling_share_is_a_share", condition=Q(share__gte=0, share__lte=1)
            )
        ]

    def __str__(self) -> str:
        return f"{self.share} of {self.project_id}"
