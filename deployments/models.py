"""What is trained, what runs, and who agreed to it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from curation.models import DatasetVersion
from governance.models import Project, User

HEX64 = r"^[0-9a-f]{64}$"


class ModelVersion(models.Model):
    """A registered candidate; what it is stands in its newest manifest.

    `digest` is the newest manifest's. Amending the manifest changes it, and with it every
    approval that was bound to the old one is void (`deployments.promotion`).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="model_versions")
    name = models.CharField(max_length=100, help_text="The model's name, as clients report it")
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    base_model = models.CharField(max_length=300, help_text="As the newest manifest names it")
    dataset_version = models.ForeignKey(
        DatasetVersion,
        on_delete=models.PROTECT,
        related_name="model_versions",
        null=True,
        blank=True,
    )
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="model_version_revision", fields=["project", "name", "revision"]
            ),
            models.UniqueConstraint(
                name="model_version_manifest_once", fields=["project", "digest"]
            ),
            models.CheckConstraint(
                name="model_version_digest_form", condition=Q(digest__regex=HEX64)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} r{self.revision}"


class Manifest(models.Model):
    """One state of a model version's manifest, as canonical bytes. Append-only.

    It names the base model, the digest of every artifact, and the dataset version's content id.
    """

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="manifests"
    )
    body = models.BinaryField(help_text="The exact canonical JSON")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["model_version", "-id"], name="manifest_newest")]

    def __str__(self) -> str:
        return self.digest[:12]


class Evaluation(models.Model):
    """One run of one suite on one state of a model version. Append-only."""

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="evaluations"
    )
    manifest_digest = models.CharField(max_length=64, help_text="What exactly was evaluated")
    suite = models.CharField(max_length=200)
    report = models.JSONField(
        help_text="{metric: {value, low, high, n}}, numbers as decimal strings"
    )
    report_digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="evaluation_report_once", fields=["model_version", "report_digest"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suite} on {self.model_version}"


class Endpoint(models.Model):
    """A logical model name that clients call, and the model version it answers with."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="endpoints")
    name = models.SlugField(max_length=100)
    live = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="live_on", null=True, blank=True
    )
    live_digest = models.CharField(
        max_length=64, blank=True, help_text="The manifest that went live"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="endpoint_name_once", fields=["project", "name"]),
            models.CheckConstraint(
                name="endpoint_live_is_whole",
                condition=Q(live=None, live_digest="")
                | Q(live__isnull=False, live_digest__regex=HEX64),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Promotion(models.Model):
    """A proposal to make a model version live on an endpoint."""

    class State(models.TextChoices):
        PROPOSED = "proposed", gettext_lazy("Waiting for sign-off")
        PROMOTED = "promoted", gettext_lazy("Promoted")
        REJECTED = "rejected", gettext_lazy("Rejected")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="promotions")
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="promotions"
    )
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="promotions")
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    why = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="promotion_state_known",
                condition=Q(state__in=["proposed", "promoted", "rejected", "withdrawn"]),
            ),
            models.UniqueConstraint(
                name="promotion_one_open",
                fields=["endpoint", "model_version"],
                condition=Q(state="proposed"),
            ),
            models.CheckConstraint(
                name="promotion_closed_has_a_time",
                condition=Q(state="proposed", closed_at=None)
                | (~Q(state="proposed") & Q(closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_version} to {self.endpoint}"


class SignOff(models.Model):
    """One person's approval or rejection of one subject digest. Append-only.

    `proposed_by` repeats the promotion's, and a composite foreign key in the migration keeps
    it true, so that PostgreSQL itself can refuse a proposer's signature.
    """

    class Answer(models.TextChoices):
        APPROVED = "approved", gettext_lazy("Approved")
        REJECTED = "rejected", gettext_lazy("Rejected")

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="sign_offs")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer)
    subject_digest = models.CharField(max_length=64, help_text="What the person was shown")
    reason = models.TextField(blank=True)
    method = models.CharField(max_length=20, help_text="How the person proved who they are")
    proof = models.CharField(
        max_length=60, blank=True, db_default="", help_text="Names a proof that signs only once"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sign_off_proof_once", fields=["by", "proof"], condition=~Q(proof="")
            ),
            models.UniqueConstraint(
                name="sign_off_answer_once",
                fields=["promotion", "by", "subject_digest", "answer"],
            ),
            models.CheckConstraint(name="sign_off_four_eyes", condition=~Q(by=F("proposed_by"))),
            models.CheckConstraint(
                name="sign_off_answer_known", condition=Q(answer__in=["approved", "rejected"])
            ),
            models.CheckConstraint(
                name="sign_off_rejection_has_reason",
                condition=~Q(answer="rejected") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="sign_off_digest_form", condition=Q(subject_digest__regex=HEX64)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} by {self.by}"


class LiveChange(models.Model):
    """What went live on an endpoint, when and why; the newest says what is live. Append-only."""

    class Kind(models.TextChoices):
        PROMOTED = "promoted", gettext_lazy("Promoted")
        ROLLED_BACK = "rolled_back", gettext_lazy("Rolled back")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=11, choices=Kind)
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="+", help_text="Live from now on"
    )
    digest = models.CharField(max_length=64)
    replaced = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    promotion = models.ForeignKey(
        Promotion, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="live_change_kind_known", condition=Q(kind__in=["promoted", "rolled_back"])
            ),
            models.CheckConstraint(
                name="live_change_promotion_named",
                condition=~Q(kind="promoted") | Q(promotion__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["endpoint", "-id"], name="live_change_newest")]

    def __str__(self) -> str:
        return f"{self.model_version} {self.kind} on {self.endpoint}"
