"""Whether a project asks the judge, and what came of asking."""

from django.db import models

from governance.models import Project, User


class JudgeChoice(models.Model):
    """A project admin's word that masked code may be shown to the judge's model, or no longer."""

    project = models.OneToOneField(
        Project, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    is_on = models.BooleanField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    busy_until = models.DateTimeField(
        null=True, blank=True, help_text="A worker asks until then; one that died is not waited for"
    )

    def __str__(self) -> str:
        return f"{self.project_id}: {'on' if self.is_on else 'off'}"


class JudgeCount(models.Model):
    """How often asking came to what, by day."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    outcome = models.CharField(max_length=20, help_text="voted, or why there was no vote")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="judge_count_once", fields=["project", "day", "outcome"]),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.outcome} {self.count}"
