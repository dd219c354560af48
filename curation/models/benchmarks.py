"""A project's own benchmarks: their fingerprints, never their text."""

from django.db import models

from governance.models import Project


class ProjectBenchmark(models.Model):
    """What no row of the project's versions may be. Append-only; the newest of a name counts."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="benchmarks")
    name = models.CharField(max_length=100)
    texts = models.PositiveIntegerField(help_text="Texts of its tasks, one by one and joined")
    data = models.BinaryField(help_text="Fingerprints, as curation.fingerprints saves them")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the data")
    added_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["project", "name", "-id"], name="benchmark_newest_of_name"),
        ]

    def __str__(self) -> str:
        return f"{self.project} benchmark {self.name}"
