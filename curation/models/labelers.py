"""How much a project's labelers count, and the rules that its curators wrote."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from governance.models import Project, User


class LabelerWeight(models.Model):
    """How much one labeler's vote counts in a project; one without a row counts whole."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    labeler = models.CharField(max_length=40)
    percent = models.PositiveSmallIntegerField(help_text="0 switches it off, 100 is its own word")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="labeler_weight_once", fields=["project", "labeler"]),
            models.CheckConstraint(
                name="labeler_weight_in_range", condition=Q(percent__gte=0, percent__lte=200)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.labeler} {self.percent} %"


class LabelerRule(models.Model):
    """One version of a rule that a curator wrote. Append-only: the newest version holds."""

    class Kind(models.TextChoices):
        WORDS = "words", gettext_lazy("Words")
        PATTERN = "pattern", gettext_lazy("Pattern")
        FINDING = "finding", gettext_lazy("Finding that was fixed")

    class Place(models.TextChoices):
        COMMENT = "comment", gettext_lazy("The comment")
        REMOVED = "removed", gettext_lazy("Lines only the output has")
        ADDED = "added", gettext_lazy("Lines only the correction has")
        PROMPT = "prompt", gettext_lazy("The prompt")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="labeler_rules")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in the project")
    version = models.PositiveIntegerField(help_text="1, 2, 3 … of the rule")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=7, choices=Kind)
    looks_for = models.TextField(help_text="Words, an expression for RE2, or a tool and its rule")
    place = models.CharField(max_length=7, choices=Place, blank=True)
    category = models.CharField(max_length=20, help_text="Slug of the top category it votes for")
    why = models.CharField(max_length=300, blank=True)
    is_on = models.BooleanField(default=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="labeler_rule_version_once", fields=["project", "number", "version"]
            ),
            models.CheckConstraint(
                name="labeler_rule_kind_known",
                condition=Q(kind="finding", place="")
                | Q(
                    kind__in=["words", "pattern"],
                    place__in=["comment", "removed", "added", "prompt"],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"
