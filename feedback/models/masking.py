"""What masking leaves behind: how much of which kind, where columns went, a project's patterns."""

from django.db import models
from django.db.models import Q

from governance.models import Project, User


class MaskedCount(models.Model):
    """How many things of one kind one request's records held; never what they were."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    count = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "at"], name="masked_count_by_time")]

    def __str__(self) -> str:
        return f"{self.count} {self.kind}"


class OutputShift(models.Model):
    """Which columns of a generation's output moved, for the spans of later corrections.

    A list of [line, column from, column to, length after], in the columns of what was sent.
    """

    generation = models.OneToOneField(
        "feedback.Generation", on_delete=models.PROTECT, related_name="output_shift"
    )
    shifts = models.JSONField()

    def __str__(self) -> str:
        return f"shifts of {self.generation_id}"


class MaskingPattern(models.Model):
    """What a project masks beside what everybody does, while it has not ended."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40, help_text="Stands in the placeholder")
    expression = models.CharField(max_length=500, help_text="For RE2")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="masking_pattern_name_once",
                fields=["project", "name"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="masking_pattern_name_form", condition=Q(name__regex=r"^[a-z][a-z0-9_]{1,39}$")
            ),
            models.CheckConstraint(
                name="masking_pattern_ended_by_someone",
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
