"""What people are told by mail: how each wants it, and the letters that are due."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from governance.models import User
from reviews.models.inbox import InboxEntry


class NoticeChoice(models.Model):
    """How one person wants to hear of one kind of thing; without a row, as everyone does."""

    class How(models.TextChoices):
        NOW = "now", gettext_lazy("At once")
        DAILY = "daily", gettext_lazy("Once a day")
        WEEKLY = "weekly", gettext_lazy("Once a week")
        OFF = "off", gettext_lazy("Not by mail")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=9, choices=InboxEntry.Kind)
    how = models.CharField(max_length=6, choices=How)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_choice_once", fields=["person", "kind"]),
            models.CheckConstraint(
                name="notice_choice_how_known",
                condition=Q(how__in=["now", "daily", "weekly", "off"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.how} for {self.person}"


class Letter(models.Model):
    """One mail to one person, gathering what happens until it is due. The row is the queue."""

    class State(models.TextChoices):
        GATHERING = "gathering", "Waiting"
        AGAIN = "again", "Refused once; tried again"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        NEEDLESS = "needless", "Read before it was due"
        FAILED = "failed", "Failed"

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters")
    how = models.CharField(max_length=6, choices=NoticeChoice.How)
    state = models.CharField(max_length=9, choices=State, default=State.GATHERING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    touched_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="letter_one_gathers",
                fields=["person", "how"],
                condition=Q(state="gathering"),
            ),
            models.CheckConstraint(
                name="letter_state_known",
                condition=Q(
                    state__in=["gathering", "again", "sending", "sent", "needless", "failed"]
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="letter_due",
                condition=Q(state__in=["gathering", "again"]),
            ),
            models.Index(
                fields=["touched_at"], name="letter_sending", condition=Q(state="sending")
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class LetterLine(models.Model):
    """One thing that a letter tells."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="lines")
    entry = models.OneToOneField(InboxEntry, on_delete=models.CASCADE, related_name="letter_line")

    def __str__(self) -> str:
        return f"{self.entry} in {self.letter}"
