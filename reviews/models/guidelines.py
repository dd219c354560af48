"""What guides the deciding: a text for the project and one for each category, in versions."""

from django.db import models
from django.db.models import Q

from curation.models import Category, Example
from governance.models import Project, User


class Guideline(models.Model):
    """One version of one text, in Markdown. Append-only: the newest number is in force."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="guidelines")
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        related_name="guidelines",
        null=True,
        blank=True,
        help_text="None: the text for the whole project",
    )
    number = models.PositiveIntegerField(help_text="1, 2, 3 … of its text")
    text = models.TextField(blank=True, help_text="Empty: taken back")
    why = models.CharField(max_length=300, help_text="What changed, and why")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guideline_number_once",
                fields=["project", "category", "number"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="guideline_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="guideline_says_why", condition=~Q(why="")),
        ]

    def __str__(self) -> str:
        return f"{self.category or 'General'} v{self.number}"


class GuidelineFlag(models.Model):
    """A reviewer says of an item that the guideline does not tell what to do. Append-only."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="guideline_flags")
    why = models.CharField(max_length=1000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="guideline_flag_says_why", condition=~Q(why="")),
        ]
        indexes = [
            models.Index(fields=["project", "category", "-at"], name="guideline_flag_newest"),
        ]

    def __str__(self) -> str:
        return f"flag on {self.example}"
