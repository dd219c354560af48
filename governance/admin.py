"""Site admins manage people and memberships; keys, tokens and the record they look at."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from governance.credentials import hold_back, holds_roles, tell_projects
from governance.members import LastAdmin, roles_held, set_roles
from governance.models import AccessToken, IngestKey, LedgerEntry, Membership, User
from governance.tokens import revoke_all
from lib import clock
from lib.admin import CappedPaginator, ReadOnlyAdmin

admin.site.site_header = "Emend, site administration"
admin.site.site_title = "Emend"
# allauth's own recipe: its throttle and its second factor hold for the admin too
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth says
# An address or a provider's account added there would be a login as somebody else
for unused in (Group, SocialApp, SocialToken, SocialAccount, EmailAddress, Authenticator):
    admin.site.unregister(unused)


NOT_YOURS = (
    "This person holds roles, so only they set their password: “Forgot your password?” on the"
    " login page sends them a link."
)
TOLD = {"username", "email", "is_active", "is_staff", "is_superuser"}  # in the ledger


class PersonPasswordForm(AdminPasswordChangeForm):
    """A new password; access tokens end with the old one."""

    def save(self, commit: bool = True) -> User:
        person: User = super().save(commit)
        now = clock.now()
        revoke_all(person, now)
        hold_back(person, now, [person.email])
        return person


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
    change_password_form = PersonPasswordForm

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None or not holds_roles(obj):
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("username",), "description": NOT_YOURS}), *self.fieldsets[1:])

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Only for who holds no role: whoever knows a lead's password could sign as them."""
        person = self.get_object(request, unquote(id))
        if person is not None and holds_roles(person):
            raise PermissionDenied(NOT_YOURS)
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed, now = sorted({*form.changed_data} & TOLD), clock.now()
        if change and changed:
            assert isinstance(request.user, User)
            tell_projects(obj, request.user, "account changed", now, changed=changed)
        if change and "email" in changed:
            hold_back(obj, now, [form.initial["email"], obj.email])


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who may do what where; given and taken through the same verbs as on the settings page."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_display = ("project", "user", "role", "since")
    list_select_related = ("project", "user")
    list_filter = ("role",)
    search_fields = ("=user__username", "=project__slug")
    autocomplete_fields = ("project", "user")
    fields = ("project", "user", "role")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        held = roles_held(obj.project, obj.user)
        assert isinstance(request.user, User)
        set_roles(obj.project, obj.user, held | {obj.role}, request.user, clock.now())
        obj.pk = Membership.objects.get(project=obj.project, user=obj.user, role=obj.role).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        held = roles_held(obj.project, obj.user)
        assert isinstance(request.user, User)
        try:
            set_roles(obj.project, obj.user, held - {obj.role}, request.user, clock.now())
        except LastAdmin:
            raise PermissionDenied(
                f"{obj}, as the last one. Make someone else one first."
            ) from None

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset.select_related("project", "user"):
            self.delete_model(request, membership)


@admin.register(IngestKey)
class IngestKeyAdmin(ReadOnlyAdmin):
    """Keys of clients."""

    list_display = (
        "name",
        "prefix",
        "project",
        "created_by",
        "created_at",
        "last_used_at",
        "ends_at",
        "revoked_at",
    )
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


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors, without their secrets; removed for someone who lost theirs."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    find_by = ("user__username",)
    exclude = ("data",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        assert isinstance(request.user, User)
        action, now = "second factor removed", clock.now()
        tell_projects(obj.user, request.user, action, now, type=obj.type)
        hold_back(obj.user, now, [obj.user.email])
        super().delete_model(request, obj)


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin):
    """Who logs in by which provider."""

    list_display = ("user", "provider", "uid", "last_login", "date_joined")
    list_select_related = ("user",)
    find_by = ("user__username",)
    exclude = ("extra_data",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The record."""

    list_display = ("id", "at", "project", "actor", "action", "subject")
    list_select_related = ("project", "actor")
    find_by = ("pk", "project__slug")
    fields = ("project", "at", "actor", "action", "subject", "subject_digest", "leaf_hash", "entry")

    @admin.display(description="Body")
    def entry(self, row: LedgerEntry) -> str:
        """The canonical bytes, as text."""
        return bytes(row.body).decode()
