"""A project's recipe, version by version, and what a dataset version left out by it."""

from django.db import models

from curation.models.datasets import DatasetVersion
from curation.models.examples import Example
from governance.models import Project, User


class DatasetRecipe(models.Model):
    """The criteria that dataset versions are made by from then on. Append-only."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="dataset_recipes")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in the project")
    recipe = models.JSONField(help_text="Every field, as curation.recipe.Recipe keeps it")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the recipe")
    why = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="dataset_recipe_number", fields=["project", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.project} recipe {self.number}"


class LeftOut(models.Model):
    """An accepted example that a dataset version does not hold, and why. Append-only."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="left_out")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20, help_text="Of the funnel")
    reason = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "left out"
        constraints = [
            models.UniqueConstraint(name="left_out_once", fields=["version", "example"]),
        ]
        indexes = [
            models.Index(fields=["version", "reason", "example"], name="left_out_by_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.example}: {self.reason}"
