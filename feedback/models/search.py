"""What people find generations by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from feedback.models.reported import Generation
from governance.models import Project


class GenerationWords(models.Model):
    """The words of a generation: path, repository, prompt and output (`feedback.search`)."""

    generation = models.OneToOneField(
        Generation, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="generation_words")]

    def __str__(self) -> str:
        return f"words of generation {self.pk}"
