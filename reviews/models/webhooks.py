"""Where a project tells other systems what happened in its reviews, and how each telling went."""

from django.db import models
from django.db.models import Q

from governance.models import Project, User


class Webhook(models.Model):
    """An address that is told. Its secret is derived from `salt` and the server's key."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=2000)
    events = models.JSONField(help_text="Names of the events it is told of")
    salt = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="webhook_stopped_by_someone",
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["project"], name="webhook_live", condition=Q(stopped_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event for one webhook: the row is the queue, and the log afterwards."""

    class State(models.TextChoices):
        DUE = "due", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=40)
    event_id = models.UUIDField(help_text="The same for each try and each replay")
    body = models.TextField(help_text="Exactly what is sent and signed")
    state = models.CharField(max_length=9, choices=State, default=State.DUE)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    replays = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="webhook_delivery_state_known",
                condition=Q(state="due", due_at__isnull=False)
                | Q(state__in=["delivered", "given_up"], due_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="webhook_delivery_due", condition=Q(state="due")),
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}"
