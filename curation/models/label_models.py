"""How a project's labels were measured, and by what they are made since."""

from django.db import models

from governance.models import Project


class LabelModel(models.Model):
    """One measurement on verdicts of random order; the newest says how votes become a label."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="label_models")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in the project")
    gold = models.PositiveIntegerField(help_text="Verdicts of random order it was measured on")
    stacker = models.JSONField(null=True, help_text="What sayings add; null: Dawid and Skene alone")
    temperature = models.FloatField(help_text="1: as sure as the votes make it")
    figures = models.JSONField(help_text="What it was chosen by (curation.combining)")
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="label_model_number", fields=["project", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.project} label model {self.number}"
