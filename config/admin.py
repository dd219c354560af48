"""Projects in Django admin: opened whole, as `manage.py create_project` does."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from config.projects import open_project
from governance.models import Project, User
from lib import clock
from lib.admin import CappedPaginator


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    """Projects. The site admin who opens one is its first project admin."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_display = ("slug", "name", "created_at")
    search_fields = ("slug", "name")
    fields = ("slug", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()  # clients and links know it

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its feedback and its ledger are append-only

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["name"])
            return
        assert isinstance(request.user, User)
        opened = open_project(obj.slug, obj.name, request.user, clock.now())
        obj.pk = opened.pk
