"""Generations and what is said of them, the texts they share, and the names they go by."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from governance.models import IngestKey, Project


class Blob(models.Model):
    """A text, stored once per project.

    Its id is the first 128 bits of SHA-256 over the project and the text (`feedback.blobs`), so
    a writer knows it without asking; the same text in two projects has two ids.
    """

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64, help_text="Of the text's UTF-8 bytes")
    text = models.TextField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Reported(models.Model):
    """What every record shares: whose it is, which id its client gave it, and when it came."""

    # No index of their own: those below begin with the project, and nothing asks by key
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.ForeignKey(IngestKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_id = models.CharField(
        max_length=200, help_text="The client's own id; makes it idempotent"
    )
    payload_sha256 = models.CharField(
        max_length=64,
        help_text="Of the record as sent, canonical; keyed where it was masked",
    )
    extra = models.JSONField(default=dict, help_text="Fields the client sent that we do not know")
    occurred_at = models.DateTimeField(help_text="The client's clock")
    received_at = models.DateTimeField(
        db_default=Now(), help_text="Our clock, at commit's transaction"
    )
    session = models.CharField(max_length=200, blank=True)
    developer = models.CharField(
        max_length=200, blank=True, help_text="As the client names the person"
    )

    class Meta:
        abstract = True


class Generation(Reported):
    """What a model produced for a prompt, in a context."""

    prompt = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    output = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=40, blank=True)
    file_path = models.CharField(max_length=1000, blank=True)
    repository = models.CharField(max_length=300, blank=True)
    model_name = models.CharField(max_length=200, blank=True)
    confidence = models.FloatField(null=True, blank=True, help_text="0 to 1, as the model gave it")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="generation_once", fields=["project", "client_id"]),
            models.CheckConstraint(
                name="generation_confidence_share",
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1),
            ),
        ]
        indexes = [models.Index(fields=["project", "-received_at"], name="generation_newest")]

    def __str__(self) -> str:
        return f"generation {self.client_id}"


class Alias(models.Model):
    """Another id that a generation goes by: a trace and its observation, a completion's choice.

    The first generation that takes a name has it.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="aliases")

    class Meta:
        constraints = [models.UniqueConstraint(name="alias_once", fields=["project", "name"])]

    def __str__(self) -> str:
        return f"alias {self.name}"


class Reaction(Reported):
    """One thing that happened to a generation."""

    class Kind(models.TextChoices):
        SHOWN = "shown", gettext_lazy("Shown")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        EDITED = "edited", gettext_lazy("Edited")
        REJECTED = "rejected", gettext_lazy("Rejected")
        TIMED_OUT = "timed_out", gettext_lazy("Timed out")
        COPIED = "copied", gettext_lazy("Copied")
        SURVIVED = "survived", gettext_lazy("Survived")
        REVERTED = "reverted", gettext_lazy("Reverted")
        RATED = "rated", gettext_lazy("Rated")
        COMMENTED = "commented", gettext_lazy("Commented")

    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="reactions")
    kind = models.CharField(max_length=12, choices=Kind)
    after_ms = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Milliseconds from shown to this: the time to decide"
    )
    value = models.FloatField(
        null=True, blank=True, help_text="Survived: share of the text left, 0 to 1. Rated: −1 to 1"
    )
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reaction_once", fields=["project", "client_id"]),
            models.CheckConstraint(
                name="reaction_kind_known",
                condition=Q(
                    kind__in=[
                        "shown",
                        "accepted",
                        "edited",
                        "rejected",
                        "timed_out",
                        "copied",
                        "survived",
                        "reverted",
                        "rated",
                        "commented",
                    ]
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-received_at"], name="reaction_newest"),
            models.Index(fields=["project", "occurred_at"], name="reaction_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.client_id}"


class Severity(models.TextChoices):
    """How bad it would have been."""

    LOW = "low", gettext_lazy("Low")
    MEDIUM = "medium", gettext_lazy("Medium")
    HIGH = "high", gettext_lazy("High")
    CRITICAL = "critical", gettext_lazy("Critical")


SEVERITY_KNOWN = Q(severity__in=["", "low", "medium", "high", "critical"])


class Correction(Reported):
    """The explicit, structured one: what was wrong, why, and the code as it should have been.

    The wrong block is a half-open span of the output: lines from 1, columns from 0 in Unicode
    code points, as in the Python `ast` module; all four numbers or none.
    """

    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="corrections")
    corrected = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=100, blank=True, help_text="As the client names it")
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    comment = models.TextField(blank=True)
    after_ms = models.PositiveBigIntegerField(null=True, blank=True)
    start_line = models.PositiveIntegerField(null=True, blank=True)
    start_column = models.PositiveIntegerField(null=True, blank=True)
    end_line = models.PositiveIntegerField(null=True, blank=True)
    end_column = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="correction_once", fields=["project", "client_id"]),
            models.CheckConstraint(name="correction_severity_known", condition=SEVERITY_KNOWN),
            models.CheckConstraint(
                name="correction_span_whole",
                condition=Q(start_line=None, start_column=None, end_line=None, end_column=None)
                | Q(
                    start_line__gte=1,
                    end_line__gt=F("start_line"),
                    start_column__gte=0,
                    end_column__gte=0,
                )
                | Q(start_line__gte=1, end_line=F("start_line"), start_column__lte=F("end_column")),
            ),
        ]
        indexes = [models.Index(fields=["project", "-received_at"], name="correction_newest")]

    def __str__(self) -> str:
        return f"correction {self.client_id}"
