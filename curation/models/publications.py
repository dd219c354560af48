"""A frozen version in a git repository and a content store, for DVC: the row that says so."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy


class Publication(models.Model):
    """How far the publishing of a dataset version is, moved by `curation.publishing`."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting to be published")
        PUBLISHING = "publishing", gettext_lazy("Being published")
        PUBLISHED = "published", gettext_lazy("Published")
        FAILED = "failed", gettext_lazy("Not published")

    version = models.OneToOneField(
        "curation.DatasetVersion",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="publication",
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    touched_at = models.DateTimeField(
        null=True, blank=True, help_text="When a publisher last wrote; long ago means it died"
    )
    stored = models.JSONField(
        default=dict, blank=True, help_text="Each file that is in the store: its MD5 and bytes"
    )
    erasures = models.PositiveSmallIntegerField(
        default=0, help_text="How often an erasure had it published anew; tells old publishers"
    )
    commit = models.CharField(max_length=40, blank=True, help_text="SHA-1 of the git commit")
    published_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True, help_text="Why it failed, for a person")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="publication_state_known",
                condition=Q(state__in=["waiting", "publishing", "published", "failed"]),
            ),
            models.CheckConstraint(
                name="publication_published_is_whole",
                condition=~Q(state="published")
                | (Q(commit__regex="^[0-9a-f]{40}$") & Q(published_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"publication of dataset version {self.pk}"
