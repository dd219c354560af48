"""Events as foreign clients sent them, what came of each, and what waits for its generation."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from governance.models import IngestKey, Project, User


class Original(models.Model):
    """One event in its client's own words, as it was kept (`feedback.originals`)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.ForeignKey(IngestKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    client = models.CharField(max_length=40)
    version = models.CharField(max_length=20, help_text="Of the client's schema")
    digest = models.UUIDField(
        help_text="128 bits of SHA-256 over what makes it the same event again"
    )
    body = models.TextField(
        help_text="JSON; as text, because jsonb would change numbers and takes no NUL"
    )
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="original_once", fields=["project", "digest"]),
        ]
        indexes = [
            models.Index(fields=["project", "client", "-received_at"], name="original_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.client} event {self.pk}"


class Derived(models.Model):
    """A record that an event came to, by its type and client id: it may still be an orphan."""

    pk = models.CompositePrimaryKey("original_id", "type", "client_id")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    original = models.ForeignKey(
        Original, on_delete=models.PROTECT, related_name="derived", db_index=False
    )
    type = models.CharField(max_length=10)
    client_id = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["project", "client_id"], name="derived_by_record")]

    def __str__(self) -> str:
        return f"{self.type} {self.client_id}"


class Quarantined(models.Model):
    """An event that could not be mapped, and why (`feedback.quarantine`)."""

    class State(models.TextChoices):
        HELD = "held", _("Held")
        REPLAYED = "replayed", _("Replayed")
        DISMISSED = "dismissed", _("Dismissed")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    original = models.OneToOneField(Original, on_delete=models.PROTECT, related_name="quarantined")
    reason = models.TextField(help_text="Why, the last time it was tried")
    state = models.CharField(max_length=9, choices=State, default=State.HELD)
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quarantined_state_known",
                condition=Q(state__in=["held", "replayed", "dismissed"]),
            ),
        ]
        indexes = [models.Index(fields=["project", "state", "id"], name="quarantined_by_state")]

    def __str__(self) -> str:
        return f"{self.state}: {self.original_id}"


class QuarantineEvent(models.Model):
    """What happened to an event in quarantine, and who did it."""

    class Did(models.TextChoices):
        HELD = "held", _("Held")
        TRIED = "tried", _("Tried in vain")
        REPLAYED = "replayed", _("Replayed")
        DISMISSED = "dismissed", _("Dismissed")

    quarantined = models.ForeignKey(Quarantined, on_delete=models.PROTECT, related_name="events")
    did = models.CharField(max_length=9, choices=Did)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, help_text="Null: the system"
    )
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quarantine_event_known",
                condition=Q(did__in=["held", "tried", "replayed", "dismissed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.did} at {self.at:%Y-%m-%d %H:%M}"


class Orphan(models.Model):
    """A reaction or correction whose generation has not come yet (`feedback.orphans`)."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        JOINED = "joined", "Joined"
        REFUSED = "refused", "Refused"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.ForeignKey(IngestKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=10)
    client_id = models.CharField(max_length=200)
    wanted = models.CharField(max_length=200, help_text="The id of the generation it speaks of")
    payload_sha256 = models.CharField(max_length=64, help_text="As the record will have it")
    record = models.TextField(help_text="JSON, as it was sent")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was refused")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="orphan_once", fields=["project", "type", "client_id"]),
            models.CheckConstraint(
                name="orphan_type_known", condition=Q(type__in=["reaction", "correction"])
            ),
            models.CheckConstraint(
                name="orphan_state_known", condition=Q(state__in=["waiting", "joined", "refused"])
            ),
            models.CheckConstraint(
                name="orphan_settled_or_waiting",
                condition=Q(state="waiting", settled_at=None)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "wanted"], name="orphan_wanted", condition=Q(state="waiting")
            ),
            models.Index(fields=["received_at"], name="orphan_since", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.client_id} wants {self.wanted}"
