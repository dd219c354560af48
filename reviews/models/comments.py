"""What people say to each other about an item: on a line of one side, or on the whole of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from curation.models import Example
from governance.models import Project, User


class Thread(models.Model):
    """Where something is said. Append-only; whether it is resolved follows from its comments."""

    class Side(models.TextChoices):
        WHOLE = "", gettext_lazy("The whole item")
        OUTPUT = "output", gettext_lazy("Suggestion")
        IDEAL = "ideal", gettext_lazy("Correction")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="threads")
    side = models.CharField(max_length=6, choices=Side, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="thread_on_a_line_or_on_all",
                condition=Q(side="", line=None)
                | Q(side__in=["output", "ideal"], line__isnull=False, line__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"thread {self.pk}"


class Comment(models.Model):
    """One thing said or done in a thread. Append-only: an edit is a row that names the first."""

    class Kind(models.TextChoices):
        SAID = "said", "said"
        EDITED = "edited", "edited"
        REMOVED = "removed", "removed"
        RESOLVED = "resolved", "resolved"
        REOPENED = "reopened", "re-opened"

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    kind = models.CharField(max_length=8, choices=Kind)
    of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="changes", null=True, blank=True
    )
    text = models.TextField(blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.UUIDField(
        null=True, blank=True, help_text="Of the client's key, the place and the words"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="comment_key_once", fields=["author", "key"], condition=Q(key__isnull=False)
            ),
            models.CheckConstraint(
                name="comment_kind_known",
                condition=Q(kind__in=["said", "edited", "removed", "resolved", "reopened"]),
            ),
            models.CheckConstraint(
                name="comment_change_names_its_comment",
                condition=Q(kind__in=["edited", "removed"], of__isnull=False)
                | Q(kind__in=["said", "resolved", "reopened"], of=None),
            ),
            models.CheckConstraint(
                name="comment_words_where_something_is_said",
                condition=(Q(kind__in=["said", "edited"]) & ~Q(text=""))
                | Q(kind__in=["removed", "resolved", "reopened"], text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class CommentDraft(models.Model):
    """What a person has typed and not posted; nobody else sees it."""

    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="+")
    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    side = models.CharField(max_length=6, choices=Thread.Side, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="comment_draft_once",
                fields=["author", "example", "thread", "side", "line"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
