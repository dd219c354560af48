"""What people find items by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from curation.models import Example
from governance.models import Project, User


class SearchText(models.Model):
    """The words of an example: path, comment, prompt and both codes, identifiers split as well."""

    example = models.OneToOneField(
        Example, on_delete=models.CASCADE, primary_key=True, related_name="search_text"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="search_text_words")]

    def __str__(self) -> str:
        return f"words of ex_{self.pk}"


class SavedView(models.Model):
    """A tab and its filters under a name, for oneself or for all reviewers of the project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="saved_views")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=4000, blank=True, help_text="As it stands in the address")
    is_shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="saved_view_name", fields=["project", "owner", "name"]),
            models.CheckConstraint(name="saved_view_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
