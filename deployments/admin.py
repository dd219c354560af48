"""Models, promotions and what was live, for site admins to look at; nobody signs from here."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from deployments.models import (
    Endpoint,
    Evaluation,
    LiveChange,
    Manifest,
    ModelVersion,
    Promotion,
    SignOff,
)
from lib.admin import ReadOnlyAdmin


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """Registered candidates."""

    list_display = ("__str__", "project", "digest", "registered_by", "registered_at")
    list_select_related = ("project", "registered_by")
    find_by = ("pk", "name", "digest", "project__slug")


@admin.register(Manifest)
class ManifestAdmin(ReadOnlyAdmin):
    """Every state of every manifest."""

    list_display = ("digest", "model_version", "by", "at")
    list_select_related = ("model_version", "by")
    find_by = ("pk", "digest")
    fields = ("model_version", "digest", "by", "at", "text")

    @admin.display(description="Body")
    def text(self, row: Manifest) -> str:
        """The canonical bytes, as text."""
        return bytes(row.body).decode()


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """Runs of suites."""

    list_display = ("suite", "model_version", "manifest_digest", "by", "at")
    list_select_related = ("model_version", "by")
    find_by = ("pk", "report_digest", "suite")


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    """What clients call."""

    list_display = ("name", "project", "live", "live_digest")
    list_select_related = ("project", "live")
    find_by = ("pk", "name", "project__slug")


@admin.register(Promotion)
class PromotionAdmin(ReadOnlyAdmin):
    """Proposals to make something live."""

    list_display = ("id", "project", "model_version", "endpoint", "state", "proposed_by")
    list_select_related = ("project", "model_version", "endpoint", "proposed_by")
    list_filter = ("state",)
    find_by = ("pk", "project__slug")


@admin.register(SignOff)
class SignOffAdmin(ReadOnlyAdmin):
    """Signatures."""

    list_display = ("id", "promotion", "by", "answer", "method", "at")
    find_by = ("pk", "by__username", "subject_digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignOff]:
        """With what the list names."""
        rows = super().get_queryset(request)
        return rows.select_related("by", "promotion__model_version", "promotion__endpoint")


@admin.register(LiveChange)
class LiveChangeAdmin(ReadOnlyAdmin):
    """What went live when."""

    list_display = ("id", "endpoint", "kind", "model_version", "replaced", "by", "at")
    list_select_related = ("endpoint", "model_version", "replaced", "by")
    find_by = ("pk", "digest", "endpoint__name")
