"""When a project freezes a version by itself."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from governance.models import Project, User


class FreezeSchedule(models.Model):
    """What a curator said last about freezing without being asked."""

    class Every(models.TextChoices):
        NEVER = "never", gettext_lazy("Never by itself")
        NIGHT = "night", gettext_lazy("Each night, if anything was decided")
        DECISIONS = "decisions", gettext_lazy("After so many decisions")

    project = models.OneToOneField(
        Project, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    every = models.CharField(max_length=9, choices=Every)
    decisions = models.PositiveIntegerField(help_text="So many, where it goes by decisions")
    set_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", help_text="In whose name it freezes"
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="freeze_schedule_known",
                condition=Q(every__in=["never", "night", "decisions"]) & Q(decisions__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.every}"
