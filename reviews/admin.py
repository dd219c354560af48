"""Slots and verdicts for site admins: to look at."""

from django.contrib import admin

from lib.admin import ReadOnlyAdmin
from reviews.models import (
    Relabelling,
    ReviewPolicy,
    ReviewRule,
    ReviewTask,
    SandboxReport,
    TestRecipe,
    TestRun,
    Verdict,
)


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnlyAdmin):
    """One slot a row."""

    list_display = (
        "id",
        "project",
        "file_path",
        "kind",
        "state",
        "category",
        "urgency",
        "leased_to",
    )
    list_select_related = ("project", "category", "leased_to")
    list_filter = ("state", "kind")
    find_by = ("pk", "example_id")


@admin.register(Verdict)
class VerdictAdmin(ReadOnlyAdmin):
    """One verdict a row."""

    list_display = ("id", "task", "reviewer", "kind", "category", "reason", "at")
    list_select_related = ("task", "reviewer", "category")
    list_filter = ("kind",)
    find_by = ("pk", "task_id")


@admin.register(ReviewPolicy)
class ReviewPolicyAdmin(ReadOnlyAdmin):
    """One project a row."""

    list_display = ("project", "overlap", "second_share", "random_share", "changed_at")
    list_select_related = ("project",)
    find_by = ("project__slug",)


@admin.register(ReviewRule)
class ReviewRuleAdmin(ReadOnlyAdmin):
    """One rule a row."""

    list_display = ("project", "category", "path", "reviewers")
    list_select_related = ("project", "category")
    find_by = ("project__slug",)


@admin.register(TestRecipe)
class TestRecipeAdmin(ReadOnlyAdmin):
    """One version of a recipe a row."""

    list_display = ("id", "project", "name", "version", "language", "path", "kind", "is_on", "by")
    list_select_related = ("project", "by")
    find_by = ("pk", "name")


@admin.register(TestRun)
class TestRunAdmin(ReadOnlyAdmin):
    """One suite on one code a row."""

    list_display = ("id", "project", "state", "asked_at", "finished_at", "host", "problem")
    list_select_related = ("project",)
    list_filter = ("state",)
    find_by = ("pk",)


@admin.register(SandboxReport)
class SandboxReportAdmin(ReadOnlyAdmin):
    """One machine a row."""

    list_display = ("host", "holds", "problem", "made_of", "at")
    list_select_related = ()
    find_by = ("host",)


@admin.register(Relabelling)
class RelabellingAdmin(ReadOnlyAdmin):
    """One run a row."""

    list_display = ("id", "project", "by", "at", "looked_at", "changed", "ended_at", "is_stopped")
    list_select_related = ("project", "by")
    find_by = ("pk",)
