"""Slots of an example's review; each carries its own lease."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from curation.models import Category, Example
from feedback.models import SEVERITY_KNOWN, Severity
from governance.models import Project, User
from lib import scales

# What people narrow the queue by, the most telling first
FILTERED = ("language", "category", "severity", "repository", "model_name")
WAITING = Q(state="open", kind="plain")  # what the queue lists, and its indexes hold
FILTER_ORDERS = [(one, *(each for each in FILTERED if each != one)) for one in FILTERED]


class ReviewTeam(models.Model):
    """People of one project who share what is assigned to any of them."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="review_teams")
    name = models.CharField(max_length=60)
    members = models.ManyToManyField(User, related_name="review_teams", blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="review_team_name", fields=["project", "name"]),
            models.CheckConstraint(name="review_team_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class ReviewTask(models.Model):
    """One slot of one example's review.

    The lease lives in this row, because a lock is only worth what it is kept in (style.md,
    finding 1). The columns after `urgency` repeat the example's, so that the queue is one
    index scan of one narrow table.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Waiting")
        LEASED = "leased", gettext_lazy("Being reviewed")
        DECIDED = "decided", gettext_lazy("Decided")
        ESCALATED = "escalated", gettext_lazy("Escalated")
        SNOOZED = "snoozed", gettext_lazy("Snoozed")
        CLOSED = "closed", gettext_lazy("No longer needed")

    class Kind(models.TextChoices):
        PLAIN = "plain", gettext_lazy("Review")
        ADJUDICATION = (
            "adjudication",
            gettext_lazy("Adjudication"),
        )  # the reviews disagree; a curator decides
        GOLD = "gold", gettext_lazy("Gold")  # the answer is known; never changes the example
        AGAIN = (
            "again",
            gettext_lazy("Again"),
        )  # one's own past decision, to compare; never changes the example

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="review_tasks")
    # No index of its own, as with others below: constraints index it, or nothing asks by it, and
    # each index costs every claim a write
    example = models.ForeignKey(
        Example, on_delete=models.PROTECT, related_name="review_tasks", db_index=False
    )
    slot = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PLAIN, db_default=Kind.PLAIN)
    author = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        help_text="Whose correction it is, where they have an account",
    )
    assigned_to = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Nobody else may take it",
    )
    assigned_team = models.ForeignKey(
        ReviewTeam,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    assigned_until = models.DateTimeField(
        null=True, blank=True, help_text="Then it is anybody's again"
    )
    wakes_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(db_default=Now())
    is_escalated = models.BooleanField(
        default=False, help_text="A reviewer passed it on; only curators may decide it"
    )

    leased_to = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    leased_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_epoch = models.PositiveIntegerField(default=0, help_text="How often it was leased")

    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    urgency = models.PositiveIntegerField(
        help_text="The expected training value (reviews.ordering); higher comes first"
    )
    doubt = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Of the label, 0 to 1,000"
    )
    cluster_size = models.PositiveIntegerField(default=1, db_default=1)
    weakness = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Of the live model at the category, 0 to 1,000"
    )
    novelty = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How little of it the data has, 0 to 1,000"
    )
    is_random = models.BooleanField(
        default=False, db_default=False, help_text="Its place was drawn, to measure by"
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="What the votes suggest",
    )
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    language = models.CharField(max_length=40, blank=True)
    repository = models.CharField(max_length=300, blank=True)
    model_name = models.CharField(max_length=200, blank=True)
    file_path = models.CharField(max_length=1000, blank=True)
    developer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="review_task_slot_once", fields=["example", "slot"]),
            models.UniqueConstraint(
                name="review_task_one_slot_each",
                fields=["example", "decided_by"],
                condition=Q(decided_by__isnull=False, kind__in=["plain", "adjudication"]),
            ),
            models.UniqueConstraint(
                name="review_task_one_lease_each",
                fields=["leased_to", "example"],
                condition=Q(leased_to__isnull=False),
            ),
            models.UniqueConstraint(
                name="review_task_probe_once",
                fields=["example", "assigned_to", "kind"],
                condition=Q(kind__in=["gold", "again"]),
            ),
            models.CheckConstraint(
                name="review_task_kind_known",
                condition=Q(kind__in=["plain", "adjudication", "gold", "again"]),
            ),
            models.CheckConstraint(
                name="review_task_quality_is_for_someone",
                condition=Q(kind__in=["plain", "adjudication"]) | Q(assigned_to__isnull=False),
            ),
            models.CheckConstraint(
                name="review_task_not_by_its_author",
                condition=Q(author=None)
                | (
                    (Q(leased_to=None) | ~Q(leased_to=F("author")))
                    & (Q(decided_by=None) | ~Q(decided_by=F("author")))
                ),
            ),
            models.CheckConstraint(
                name="review_task_state_known",
                condition=Q(
                    state__in=["open", "leased", "decided", "escalated", "snoozed", "closed"]
                ),
            ),
            models.CheckConstraint(
                name="review_task_lease_whole",
                condition=Q(
                    state="leased",
                    leased_to__isnull=False,
                    leased_at__isnull=False,
                    leased_until__isnull=False,
                    lease_token__isnull=False,
                )
                | (
                    ~Q(state="leased")
                    & Q(leased_to=None, leased_at=None, leased_until=None, lease_token=None)
                ),
            ),
            models.CheckConstraint(
                name="review_task_escalated_marked",
                condition=Q(state="escalated", is_escalated=True)
                | Q(state="open", is_escalated=False)
                | Q(state__in=["leased", "decided", "snoozed", "closed"]),
            ),
            models.CheckConstraint(
                name="review_task_snoozed_wakes",
                condition=Q(state="snoozed", wakes_at__isnull=False)
                | (~Q(state="snoozed") & Q(wakes_at=None)),
            ),
            models.CheckConstraint(
                name="review_task_assigned_to_one",
                condition=Q(assigned_to=None) | Q(assigned_team=None),
            ),
            models.CheckConstraint(
                name="review_task_decided_by_someone",
                condition=Q(state="decided", decided_by__isnull=False, decided_at__isnull=False)
                | (~Q(state="decided") & Q(decided_by=None, decided_at=None)),
            ),
            models.CheckConstraint(name="review_task_severity_known", condition=SEVERITY_KNOWN),
        ]
        indexes = [
            # The columns after `id` are those people filter by: PostgreSQL tests them inside the
            # index, so a filter that few rows pass reads no row in vain.
            models.Index(
                fields=["project", "-urgency", "id", *FILTERED],
                name="review_task_queue",
                condition=WAITING,
            ),
            # The same below each value of each of them, so that what nobody has is known at
            # once. They cost what opens a slot: a claimed row leaves them without a write.
            *(
                models.Index(
                    fields=["project", column, "-urgency", "id", *rest],
                    name=f"review_task_queue_{column}",
                    condition=WAITING,
                )
                for column, *rest in FILTER_ORDERS
            ),
            models.Index(
                fields=["project", "-urgency", "id"],
                name="review_task_escalated",
                condition=Q(state="escalated"),
            ),
            models.Index(
                fields=["project", "-urgency", "id"],
                name="review_task_held",
                condition=Q(state="leased"),
            ),
            models.Index(
                fields=["project", "decided_by", "-decided_at", "-id"],
                name="review_task_decided_by",
                condition=Q(state="decided"),
            ),
            models.Index(
                fields=["project", "assigned_to"],
                name="review_task_assigned",
                condition=Q(state="open", assigned_to__isnull=False),
            ),
            models.Index(
                fields=["leased_until"], name="review_task_leases", condition=Q(state="leased")
            ),
            models.Index(
                fields=["wakes_at"], name="review_task_sleepers", condition=Q(state="snoozed")
            ),
            models.Index(
                fields=["assigned_until"],
                name="review_task_overdue",
                condition=Q(state="open", assigned_until__isnull=False),
            ),
            models.Index(
                fields=["project", "-decided_at"],
                name="review_task_decided",
                condition=Q(state="decided"),
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def name(self) -> str:
        """What people call it: its file's name."""
        return self.file_path.rpartition("/")[2] or f"item {self.pk}"

    @property
    def folder(self) -> str:
        """The part of the file's path before its name."""
        return "".join(self.file_path.rpartition("/")[:2])

    @property
    def certainty(self) -> int:
        """Of the suggested category, in whole per cent."""
        return 100 - self.doubt_percent

    @property
    def doubt_percent(self) -> int:
        """Never rounded to a certainty there was not."""
        return scales.doubt(self.doubt)
