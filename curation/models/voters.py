"""Learned voters of a project, trained on its own verdicts."""

from django.db import models

from governance.models import Project


class LearnedVoter(models.Model):
    """A model trained on a project's verdicts, and how it did on those it did not see."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="learned_voters")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in the project")
    data = models.BinaryField(help_text="The model's file (curation.learned.model)")
    digest = models.CharField(max_length=64, help_text="SHA-256 over what it says")
    last_decision = models.BigIntegerField(help_text="The newest decision it was trained on")
    rows = models.PositiveIntegerField(help_text="Verdicts it was trained on")
    gold = models.PositiveIntegerField(help_text="Verdicts of random order, kept from it")
    right = models.PositiveIntegerField(help_text="Of the gold, what it says right")
    majority_right = models.PositiveIntegerField(
        help_text="Of the gold, what most of the other labelers say right"
    )
    in_use = models.BooleanField(help_text="It beat the majority, so it votes")
    trained_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="learned_voter_number", fields=["project", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.project} learned voter {self.number}"
