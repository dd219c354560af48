"""What the training data lacks: the side of the queue's order that is not the item's own."""

from django.db import models
from django.db.models import Q

from curation.models import Category
from governance.models import Project


class ReviewNeed(models.Model):
    """How much of one category in one language there is, and how weak the live model is at it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="review_needs")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=40, blank=True)
    accepted = models.PositiveIntegerField(default=0, help_text="Examples in the data already")
    weakness = models.PositiveSmallIntegerField(
        default=0, help_text="0 to 1,000: corrections of the live model, of its worst category's"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="review_need_once", fields=["project", "category", "language"]
            ),
            models.CheckConstraint(name="review_need_weakness", condition=Q(weakness__lte=1000)),
        ]

    def __str__(self) -> str:
        return f"{self.category} in {self.language}"
