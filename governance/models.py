"""People, what they may do where, the keys clients report with, and the record of who did what."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"


class User(AbstractUser):
    """A person. What they may do is a matter of memberships, never of this row."""

    class Theme(models.TextChoices):
        SYSTEM = "system", gettext_lazy("As the system")
        LIGHT = "light", gettext_lazy("Light")
        DARK = "dark", gettext_lazy("Dark")

    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    language = models.CharField(
        max_length=16, default="", db_default="", blank=True, help_text="Empty: as the browser asks"
    )
    keys = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        help_text="Which keys the person changed; reviews.keys reads it",
    )

    signs_from = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="No sign-off before: a site admin changed how the person proves who they are",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_theme_known", condition=Q(theme__in=["system", "light", "dark"])
            ),
        ]

    @property
    def names(self) -> list[str]:
        """What a client may call the person in what it reports: either is them."""
        return [name for name in (self.username, self.email) if name]


class Project(models.Model):
    """A team's space; the tenant. Every row belongs to one and nothing crosses."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="project_slug_form", condition=Q(slug__regex=SLUG)),
        ]

    def __str__(self) -> str:
        return self.slug


class Role(models.TextChoices):
    """What a member may do; `governance.access` has the table."""

    DEVELOPER = "developer", gettext_lazy("Developer")
    REVIEWER = "reviewer", gettext_lazy("Reviewer")
    CURATOR = "curator", gettext_lazy("Curator")
    GOVERNANCE_LEAD = "governance_lead", gettext_lazy("Governance lead")
    PROJECT_ADMIN = "project_admin", gettext_lazy("Project admin")


class Membership(models.Model):
    """One person's role in one project; a person may hold several."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="membership_once", fields=["project", "user", "role"]),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.get_role_display()} in {self.project}"


class IngestKey(models.Model):
    """A write-only credential of one client in one project; only its SHA-256 is stored."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ingest_keys")
    name = models.CharField(max_length=200, help_text="Which client uses it")
    prefix = models.CharField(
        max_length=16, help_text="The key's first characters, to tell keys apart"
    )
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="replaces", null=True, blank=True
    )
    ends_at = models.DateTimeField(
        null=True, blank=True, help_text="Until when a replaced key still works"
    )
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the minute")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ingest_key_revoked_by_someone",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="ingest_key_ends_when_replaced",
                condition=Q(replaced_by=None, ends_at=None)
                | Q(replaced_by__isnull=False, ends_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AccessToken(models.Model):
    """A person's credential for the API; it may do what they may, or less. We keep its SHA-256."""

    class Scope(models.TextChoices):
        ALL = "all", gettext_lazy("Everything I may")
        READ = "read", gettext_lazy("Read only")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="access_tokens")
    name = models.CharField(max_length=200, help_text="What uses it")
    prefix = models.CharField(
        max_length=16, help_text="The token's first characters, to tell tokens apart"
    )
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=4, choices=Scope, default=Scope.ALL)
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="The only one it reaches; empty: every project of its person",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_token_lives_a_while", condition=Q(expires_at__gt=F("created_at"))
            ),
            models.CheckConstraint(
                name="access_token_scope_known", condition=Q(scope__in=["all", "read"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class LedgerEntry(models.Model):
    """Who did what to which digest. Append-only; `body` holds the exact canonical bytes."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ledger")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, help_text="What it was done to, as people name it")
    subject_digest = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()
    leaf_hash = models.CharField(
        max_length=64, help_text="SHA-256 over 0x00 and the body, RFC 6962"
    )

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="ledger_newest")]
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Retention(models.Model):
    """For how long a project keeps what was reported; no row, or no days: for good."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="retention")
    days = models.PositiveIntegerField(null=True, blank=True)
    set_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, help_text="Null: by command"
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="retention_a_day_or_more", condition=Q(days=None) | Q(days__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.days or 'all'} days"


class Erasure(models.Model):
    """The receipt of one erasure: what went, and nothing of what it said. Append-only, for good."""

    class Kind(models.TextChoices):
        SUBJECT = "subject", gettext_lazy("A person's feedback")
        GENERATION = "generation", gettext_lazy("One generation")
        RETENTION = "retention", gettext_lazy("Older than the project keeps")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="erasures")
    kind = models.CharField(max_length=10, choices=Kind)
    name_digest = models.CharField(
        max_length=64, blank=True, help_text="Keyed, of the name that was given; not the name"
    )
    before = models.DateTimeField(null=True, blank=True, help_text="Retention: what came earlier")
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, help_text="Null: the system"
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    counts = models.JSONField(help_text="Rows that went, by table")
    versions = models.JSONField(help_text="Dataset versions, and how many lines each lost")
    models_trained = models.JSONField(help_text="Names of models trained on those versions")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="erasure_kind_whole",
                condition=Q(kind="retention", name_digest="", before__isnull=False)
                | (Q(kind__in=["subject", "generation"], before=None) & ~Q(name_digest="")),
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="erasure_newest")]

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class Tombstone(models.Model):
    """A client's id that was erased: what comes under it again is not kept. Append-only, for good.

    Its digest is SHA-256 over the kind of record, a line feed and the id (`governance.tombstones`).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.BinaryField(max_length=32)
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="tombstones")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tombstone_once", fields=["project", "digest"]),
        ]

    def __str__(self) -> str:
        return bytes(self.digest).hex()[:12]
