"""Slots and verdicts for site admins: to look at."""

from django.contrib import admin

from lib.admin import ReadOnlyAdmin
from reviews.models import ReviewTask, Verdict


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnlyAdmin):
    """One slot a row."""

    list_display = ("id", "project", "file_path", "state", "category", "urgency", "leased_to")
    list_select_related = ("project", "category", "leased_to")
    list_filter = ("state",)
    find_by = ("pk", "example_id")


@admin.register(Verdict)
class VerdictAdmin(ReadOnlyAdmin):
    """One verdict a row."""

    list_display = ("id", "task", "reviewer", "kind", "category", "reason", "at")
    list_select_related = ("task", "reviewer", "category")
    list_filter = ("kind",)
    find_by = ("pk", "task_id")
