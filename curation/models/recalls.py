"""Rows that turned out bad after they were frozen: recalled, and sometimes taken back again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from curation.models.examples import Example
from governance.models import Project, User


class Recall(models.Model):
    """A person's word that an example must not be learnt from, or may be again. Append-only.

    The last one of an example holds.
    """

    class Kind(models.TextChoices):
        WRONG = "wrong", gettext_lazy("The code to learn is wrong")
        HARMFUL = "harmful", gettext_lazy("It teaches something harmful")
        LICENCE = "licence", gettext_lazy("It may not be used")
        SECRET = "secret", gettext_lazy("It holds what nobody should read")
        BENCHMARK = "benchmark", gettext_lazy("A benchmark has it")
        OTHER = "other", gettext_lazy("Another reason")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="recalls")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="recalls")
    is_recalled = models.BooleanField(help_text="False: taken back")
    kind = models.CharField(max_length=9, choices=Kind, blank=True)
    why = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recall_kind_where_recalled",
                condition=(
                    Q(
                        is_recalled=True,
                        kind__in=["wrong", "harmful", "licence", "secret", "benchmark", "other"],
                    )
                    | Q(is_recalled=False, kind="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["example", "-id"], name="recall_last_word"),
        ]

    def __str__(self) -> str:
        return f"{'recall' if self.is_recalled else 'recall taken back'} of {self.example_id}"
