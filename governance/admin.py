"""Site admins manage projects, users and memberships; keys and the record they look at."""

from typing import ClassVar

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from governance.models import AccessToken, IngestKey, LedgerEntry, Membership, Project, User
from lib.admin import CappedPaginator, ReadOnlyAdmin

admin.site.site_header = "Emend, site administration"
admin.site.site_title = "Emend"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's own recipe: its throttle and second factor hold here too
admin.site.unregister(Group)


class MembershipsInProject(admin.TabularInline):
    """The members of a project."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


class MembershipsOfUser(admin.TabularInline):
    """The projects of a person."""

    model = Membership
    extra = 0
    autocomplete_fields = ("project",)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People. Nobody is removed, only made inactive: what they did stays theirs."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_display = ("username", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "theme")}),
        ("Site", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    inlines: ClassVar = [MembershipsOfUser]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    """Projects and their members."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_display = ("slug", "name", "created_at")
    search_fields = ("slug", "name")
    readonly_fields = ("created_at",)
    inlines: ClassVar = [MembershipsInProject]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: its feedback and its ledger are append-only."""
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who may do what where."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_display = ("project", "user", "role", "since")
    list_select_related = ("project", "user")
    list_filter = ("role",)
    search_fields = ("=user__username", "=project__slug")
    autocomplete_fields = ("project", "user")
    readonly_fields = ("since",)


@admin.register(IngestKey)
class IngestKeyAdmin(ReadOnlyAdmin):
    """Keys of clients."""

    list_display = ("name", "prefix", "project", "created_by", "created_at", "revoked_at")
    list_select_related = ("project", "created_by")
    find_by = ("prefix", "name", "project__slug")
    exclude = ("digest",)


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyAdmin):
    """Tokens of people."""

    list_display = ("name", "prefix", "user", "created_at", "expires_at", "revoked_at")
    list_select_related = ("user",)
    find_by = ("prefix", "user__username")
    exclude = ("digest",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The record."""

    list_display = ("id", "at", "project", "actor", "action", "subject")
    list_select_related = ("project", "actor")
    find_by = ("pk", "leaf_hash", "subject_digest")
    fields = ("project", "at", "actor", "action", "subject", "subject_digest", "leaf_hash", "entry")

    @admin.display(description="Body")
    def entry(self, row: LedgerEntry) -> str:
        """The canonical bytes, as text."""
        return bytes(row.body).decode()
