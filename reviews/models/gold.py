"""Known answers, and what slots that only measure are compared with."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from curation.models import Category, Example
from governance.models import Project, User
from reviews.models.tasks import ReviewTask
from reviews.models.verdicts import Verdict


class GoldItem(models.Model):
    """A curator's known answer to an example. Append-only: the last one of an example holds."""

    class Answer(models.TextChoices):
        ACCEPT = "accept", gettext_lazy("Accept")
        REJECT = "reject", gettext_lazy("Reject")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="gold_items")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="gold_items")
    answer = models.CharField(max_length=9, choices=Answer)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    why = models.TextField(help_text="Shown to reviewers once they have decided")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gold_item_answer_known",
                condition=Q(answer__in=["accept", "reject", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="gold_item_accept_has_category",
                condition=Q(answer="accept", category__isnull=False)
                | (~Q(answer="accept") & Q(category=None)),
            ),
            models.CheckConstraint(name="gold_item_says_why", condition=~Q(why="")),
        ]
        indexes = [models.Index(fields=["project", "example", "-id"], name="gold_item_last")]

    def __str__(self) -> str:
        return f"gold {self.example_id}: {self.answer}"


class Probe(models.Model):
    """What the verdict in a gold slot or a repeat is compared with. Append-only.

    Written when the slot is served, so that an answer that changes later judges nobody.
    """

    task = models.OneToOneField(ReviewTask, on_delete=models.PROTECT, related_name="probe")
    gold = models.ForeignKey(
        GoldItem, on_delete=models.PROTECT, related_name="probes", null=True, blank=True
    )
    earlier = models.ForeignKey(
        Verdict, on_delete=models.PROTECT, related_name="probes", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="probe_compares_with_one_thing",
                condition=Q(gold__isnull=False, earlier=None) | Q(gold=None, earlier__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"probe of {self.task}"

    @property
    def answer(self) -> tuple[str, int | None]:
        """What it is compared with: accepted or rejected, and the category's key."""
        if self.gold is not None:
            return self.gold.answer, self.gold.category_id
        assert self.earlier is not None
        return self.earlier.kind, self.earlier.category_id
