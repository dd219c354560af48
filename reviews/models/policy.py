"""How many people look at an example, and what else they are served."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from curation.models import Category
from governance.models import Project, User

MOST_REVIEWERS = 9


class ReviewPolicy(models.Model):
    """A project's rules of review; a project without a row has the defaults."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="review_policy")
    overlap = models.PositiveSmallIntegerField(
        default=1, help_text="How many people review each example"
    )
    second_share = models.PositiveSmallIntegerField(
        default=0, help_text="Of 1,000 examples, how many one more person reviews"
    )
    random_share = models.PositiveSmallIntegerField(
        default=50, help_text="Of 1,000 examples, how many come in random order, to measure by"
    )
    gold_share = models.PositiveSmallIntegerField(
        default=20, help_text="Of 1,000 items served, how many have a known answer"
    )
    again_share = models.PositiveSmallIntegerField(
        default=20, help_text="Of 1,000 items served, how many are the reviewer's own past ones"
    )
    weighs_doubt = models.BooleanField(default=True)
    weighs_cluster = models.BooleanField(default=True)
    weighs_weakness = models.BooleanField(default=True)
    weighs_novelty = models.BooleanField(default=True)
    weighs_age = models.BooleanField(default=True)
    reserve_hours = models.PositiveSmallIntegerField(
        default=24, help_text="How long a routed item waits for its people only"
    )
    changed_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(
        null=True, blank=True, help_text="When the open slots last followed the policy"
    )
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_policy_overlap_sane",
                condition=Q(overlap__gte=1, overlap__lte=MOST_REVIEWERS),
            ),
            models.CheckConstraint(
                name="review_policy_shares",
                condition=Q(
                    second_share__lte=1000,
                    random_share__lte=1000,
                    gold_share__lte=500,
                    again_share__lte=500,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"review policy of {self.project}"


class ReviewRule(models.Model):
    """Examples of a category (and what is below it), or with a path like this, need more people."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="review_rules")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    path = models.CharField(
        max_length=300, blank=True, help_text="Of the file; * stands for anything: payments/*"
    )
    reviewers = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_rule_says_what", condition=Q(category__isnull=False) | ~Q(path="")
            ),
            models.CheckConstraint(
                name="review_rule_reviewers_sane",
                condition=Q(reviewers__gte=2, reviewers__lte=MOST_REVIEWERS),
            ),
            models.UniqueConstraint(
                name="review_rule_once",
                fields=["project", "category", "path"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or self.path}: {self.reviewers} people"
