"""What clients told us, to look at."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from feedback.models import (
    Blob,
    Correction,
    Generation,
    Original,
    Orphan,
    Quarantined,
    Reaction,
)
from feedback.orphans import SHAPES
from governance.models import Project
from lib.admin import ReadOnlyAdmin


class ReportedAdmin(ReadOnlyAdmin):
    """Records are found by the client's exact id, in all projects."""

    find_by = ("client_id", "pk")
    search_help_text = "The client's id or ours, exactly"
    list_filter = ("project",)
    list_select_related = ("project", "key")
    first: ClassVar[tuple[str, ...]] = ("pk", "project", "client_id")
    last: ClassVar[tuple[str, ...]] = ("developer", "key", "received_at")

    def matching(self, name: str, term: str) -> QuerySet[Any]:
        """By client id through (project, client id), the index that keeps records unique."""
        if name != "client_id":
            return super().matching(name, term)
        projects = list(Project.objects.values_list("pk", flat=True))
        rows: QuerySet[Any] = self.model._default_manager.filter(
            project__in=projects, client_id=term
        )
        return rows


@admin.register(Generation)
class GenerationAdmin(ReportedAdmin):
    list_display = (*ReportedAdmin.first, "model_name", "language", *ReportedAdmin.last)


@admin.register(Reaction)
class ReactionAdmin(ReportedAdmin):
    list_display = (*ReportedAdmin.first, "kind", "after_ms", *ReportedAdmin.last)


@admin.register(Correction)
class CorrectionAdmin(ReportedAdmin):
    list_display = (*ReportedAdmin.first, "category", "severity", *ReportedAdmin.last)


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    """Texts; the list leaves them where they are."""

    list_display = ("pk", "project", "sha256")
    list_select_related = ("project",)
    search_help_text = "The id, exactly"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("text")


@admin.register(Original)
class OriginalAdmin(ReadOnlyAdmin):
    """Events as foreign clients sent them; the list leaves their bodies where they are."""

    list_display = ("pk", "project", "client", "version", "key", "received_at")
    list_filter = ("project",)
    list_select_related = ("project", "key")
    search_help_text = "The id, exactly"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body")


@admin.register(Quarantined)
class QuarantinedAdmin(ReadOnlyAdmin):
    """Events that could not be mapped, and why."""

    list_display = ("pk", "project", "original_id", "state", "reason", "held_at")
    list_filter = ("project", "state")
    list_select_related = ("project",)
    find_by = ("original", "pk")
    search_help_text = "The event's id or ours, exactly"


@admin.register(Orphan)
class OrphanAdmin(ReportedAdmin):
    """What waits for its generation, or did; the list leaves the records where they are."""

    list_display = (*ReportedAdmin.first, "type", "wanted", "state", "key", "received_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("record")

    def matching(self, name: str, term: str) -> QuerySet[Any]:
        """By client id through the index that keeps orphans unique."""
        rows = super().matching(name, term)
        return rows.filter(type__in=SHAPES) if name == "client_id" else rows
