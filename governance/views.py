"""Project settings (members, ingest keys), access tokens, the theme and the language."""

from typing import Any

from django.conf import settings as ours
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance.access import Ability, project_for
from governance.forms import (
    OVERLAPS,
    ROLE_WORDS,
    KeyForm,
    LanguageForm,
    MemberForm,
    RolesForm,
    RotateForm,
    ThemeForm,
    TokenForm,
)
from governance.keys import KeyEnded, make_key, revoke_key, rotate_key
from governance.members import LastAdmin, PersonUnknown, add_member, members_of, set_roles
from governance.models import AccessToken, IngestKey, Project, Role, User
from governance.requests import PersonRequest
from governance.tokens import make_token, revoke_token
from lib import clock

YEAR = 365 * 24 * 60 * 60  # seconds
LAST_ADMIN = gettext_lazy(
    "{person} is the last project admin, and somebody has to be able to add"
    " members. Nothing was changed. Make someone else a project admin first."
)


@login_required
@require_GET
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Members and ingest keys."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    return _settings(request, project)


@login_required
@require_POST
def add(request: PersonRequest, slug: str) -> HttpResponse:
    """Add a member, or give a member more roles."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _settings(request, project, member_form=form)
    words, roles = form.cleaned_data["person"], form.cleaned_data["roles"]
    try:
        person, is_new = add_member(project, words, roles, request.user, clock.now())
    except PersonUnknown:
        form.add_error(
            "person",
            gettext("Nobody here is called {words}. Give an e-mail address instead.").format(
                words=words
            ),
        )
        return _settings(request, project, member_form=form)
    messages.success(request, _welcome(person, is_new))
    return redirect("governance:settings", slug)


def _welcome(person: User, is_new: bool) -> str:
    if not is_new:
        return gettext("{username} is a member now.").format(username=person.username)
    return gettext(
        "{email} has an account now, as {username}. Ask them to choose a password"
        " with “Forgot your password?” on the login page."
    ).format(email=person.email, username=person.username)


@login_required
@require_POST
def roles(request: PersonRequest, slug: str, user_id: int) -> HttpResponse:
    """Change a member's roles; none of them removes the member."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    members = User.objects.filter(memberships__project=project).distinct()
    person = get_object_or_404(members, pk=user_id)
    form = RolesForm(request.POST)
    if not form.is_valid():
        return _settings(
            request, project, says=gettext("That role does not exist. Nothing was changed.")
        )
    try:
        set_roles(project, person, form.cleaned_data["roles"], request.user, clock.now())
    except LastAdmin:
        return _settings(request, project, says=LAST_ADMIN.format(person=person.username))
    gone = not form.cleaned_data["roles"]
    says = gettext("{name} was removed.") if gone else gettext("{name} has new roles.")
    messages.success(request, says.format(name=person.username))
    if person == request.user:
        return redirect("/")  # they may no longer see this page
    return redirect("governance:settings", slug)


@login_required
@require_POST
@never_cache
def new_key(request: PersonRequest, slug: str) -> HttpResponse:
    """Make an ingest key; this answer is the only place that ever shows it."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _settings(request, project, key_form=form)
    key, secret = make_key(project, form.cleaned_data["name"], request.user, clock.now())
    address = request.build_absolute_uri("/api/v1/feedback")
    return _settings(request, project, new_key=key, secret=secret, address=address)


@login_required
@require_POST
@never_cache
def replace_key(request: PersonRequest, slug: str, key_id: int) -> HttpResponse:
    """Rotate an ingest key; this answer is the only place that ever shows the new one."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    key = get_object_or_404(IngestKey, project=project, pk=key_id)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _settings(request, project, says=gettext("Choose how long the old key works."))
    try:
        new, secret = rotate_key(key, form.cleaned_data["overlap"], request.user, clock.now())
    except KeyEnded:
        says = gettext("“{name}” was revoked or rotated in the meantime. Nothing was changed.")
        return _settings(request, project, says=says.format(name=key.name))
    address = request.build_absolute_uri("/api/v1/feedback")
    return _settings(request, project, new_key=new, secret=secret, address=address)


@login_required
@require_POST
def end_key(request: PersonRequest, slug: str, key_id: int) -> HttpResponse:
    """Revoke an ingest key."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    key = get_object_or_404(IngestKey, project=project, pk=key_id)
    revoke_key(key, request.user, clock.now())
    messages.success(
        request, gettext("“{name}” is revoked. What it reported is kept.").format(name=key.name)
    )
    return redirect("governance:settings", slug)


def _settings(request: HttpRequest, project: Project, **extra: Any) -> HttpResponse:
    keys = IngestKey.objects.filter(project=project).select_related("created_by")
    context = {
        "project": project,
        "place": "settings",
        "members": members_of(project),
        "role_choices": [(role, ROLE_WORDS[role]) for role in Role],
        "keys": keys.order_by(F("revoked_at").desc(nulls_first=True), "-pk"),
        "now": clock.now(),
        "member_form": MemberForm(),
        "key_form": KeyForm(),
        "overlaps": OVERLAPS.items(),
    }
    wrong = {"member_form", "key_form", "says"} & extra.keys()
    page = "governance/settings.html"
    return render(request, page, context | extra, status=422 if wrong else 200)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def tokens(request: PersonRequest) -> HttpResponse:
    """The person's access tokens; the answer to a POST is the only place that shows a new one."""
    form = TokenForm(request.user, request.POST or None)
    context: dict[str, Any] = {"form": form, "now": clock.now()}
    status = 200
    if request.method == "POST" and form.is_valid():
        made = make_token(request.user, **form.cleaned_data, now=clock.now())
        context |= {"new_token": made[0], "secret": made[1], "form": TokenForm(request.user)}
    elif request.method == "POST":
        status = 422
    own = AccessToken.objects.filter(user=request.user).select_related("project")
    context["tokens"] = own.order_by(F("revoked_at").desc(nulls_first=True), "-pk")
    return render(request, "governance/tokens.html", context, status=status)


@login_required
@require_POST
def end_token(request: PersonRequest, token_id: int) -> HttpResponse:
    """Revoke one of the person's own tokens."""
    token = get_object_or_404(AccessToken, user=request.user, pk=token_id)
    revoke_token(token, clock.now())
    messages.success(request, gettext("“{name}” is revoked.").format(name=token.name))
    return redirect("governance:tokens")


@login_required
@require_POST
def theme(request: PersonRequest) -> HttpResponse:
    """Keep the person's theme, and go back to where they were."""
    form = ThemeForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    return redirect(_back(request))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language, with the person and in this browser, and go back to where they were."""
    form = LanguageForm(request.POST)
    answer = redirect(_back(request))
    if not form.is_valid():
        return answer
    code = form.cleaned_data["language"]
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=code)
    if not code:
        answer.delete_cookie(ours.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return answer
    answer.set_cookie(
        ours.LANGUAGE_COOKIE_NAME,
        code,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure(),
    )
    return answer


def _back(request: HttpRequest) -> str:
    """Where the form was, if that is a page of ours."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if safe else "/"
