"""Who should look at what: teams, routes to them, and assignments by hand."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from governance.models import Project, User
from reviews.models.tasks import ReviewTask, ReviewTeam

ONE_OF_TWO = Q(person__isnull=False, team=None) | Q(person=None, team__isnull=False)


class Route(models.Model):
    """New items like this go to a team or a person first. The last route that fits wins."""

    class Source(models.TextChoices):
        CODEOWNERS = "codeowners", "CODEOWNERS"  # replaced as a whole by the next upload
        HAND = "hand", gettext_lazy("Set here")  # after the code owners, so they win

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="routes")
    source = models.CharField(max_length=10, choices=Source, default=Source.HAND)
    position = models.PositiveIntegerField(default=0)
    repository = models.CharField(max_length=300, blank=True, help_text="Empty: any")
    language = models.CharField(max_length=40, blank=True, help_text="Empty: any")
    path = models.CharField(max_length=300, blank=True, help_text="As in CODEOWNERS; empty: any")
    matches = models.CharField(
        max_length=2000, blank=True, help_text="The path as a regular expression"
    )
    team = models.ForeignKey(ReviewTeam, on_delete=models.CASCADE, null=True, blank=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="route_to_one", condition=ONE_OF_TWO),
            models.CheckConstraint(
                name="route_source_known", condition=Q(source__in=["codeowners", "hand"])
            ),
        ]
        indexes = [models.Index(fields=["project", "source", "position"], name="route_order")]

    def __str__(self) -> str:
        return f"{self.path or self.language or 'everything'} to {self.team or self.person}"


class Assignment(models.Model):
    """One item given to a person or a team, or to nobody again. Append-only."""

    task = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    team = models.ForeignKey(
        ReviewTeam,
        on_delete=models.PROTECT,
        related_name="assigned_by_hand",
        null=True,
        blank=True,
    )
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_to_one_at_most", condition=Q(person=None) | Q(team=None)
            ),
        ]
        indexes = [models.Index(fields=["task", "-id"], name="assignment_last")]

    def __str__(self) -> str:
        return f"{self.task} to {self.person or self.team or 'nobody'}"
