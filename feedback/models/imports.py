"""How far files of clients were read."""

from django.db import models
from django.db.models import Q

from governance.models import IngestKey, Project


class ImportedFile(models.Model):
    """A file, known by how it begins, and how far it was read (`feedback.importing`)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.ForeignKey(IngestKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    format = models.CharField(max_length=20)
    name = models.CharField(max_length=1000, help_text="As it was called when it was first read")
    head_sha256 = models.CharField(max_length=64, help_text="Of its first line")
    offset = models.PositiveBigIntegerField(default=0, help_text="Bytes that were read")
    prefix_sha256 = models.CharField(max_length=64, blank=True, help_text="Of these bytes")
    lines = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0, help_text="Found in it, known or not")
    quarantined = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="imported_file_once", fields=["project", "format", "head_sha256"]
            ),
            models.CheckConstraint(
                name="imported_file_read_is_known",
                condition=Q(offset=0) | ~Q(prefix_sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} up to {self.offset}"
