"""Connect a client: pick a tool, copy its configuration, watch the first event come."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from feedback.arrivals import arrival_of
from feedback.configurations import PLACEHOLDER, tools
from feedback.pieces import Tool
from governance.access import Ability, project_for
from governance.forms import KeyForm
from governance.keys import live_keys, make_key
from governance.models import IngestKey, Project
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part


@login_required
@require_GET
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    """The tools there are."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    context = {"project": project, "place": "settings", "tools": tools().values()}
    return render(request, "feedback/connect.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def connect_tool(request: PersonRequest, slug: str, tool: str) -> HttpResponse:
    """A tool's configuration; the answer to a POST is the only place that shows the new key."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    chosen = tools().get(tool)
    if chosen is None:
        raise Http404("No such tool")
    form = KeyForm(request.POST or None, initial={"name": chosen.title})
    key, secret = _watched(request, project), ""
    if request.method == "POST" and form.is_valid():
        key, secret = make_key(project, form.cleaned_data["name"], request.user, clock.now())
    arrival = arrival_of(key, chosen.client) if key else None
    if arrival and not secret and request.GET.get("seen") == arrival.came:
        return HttpResponse(status=204)  # nothing new: a screen reader need not say it again
    context = {
        "project": project,
        "place": "settings",
        "tool": chosen,
        "form": form,
        "key": key,
        "secret": secret,
        "arrival": arrival,
        "pieces": _pieces(request, chosen, secret),
        "keys": live_keys(project, clock.now()),
    }
    status = 422 if form.errors else 200
    return render_part(request, "feedback/connect_tool.html", "first-event", context, status)


def _watched(request: HttpRequest, project: Project) -> IngestKey | None:
    """The key whose first event is waited for, if the address names one."""
    named = request.GET.get("key", "")
    if not named:
        return None
    if not named.isdecimal():
        raise Http404("No such key")
    return get_object_or_404(IngestKey, project=project, pk=int(named))


def _pieces(request: HttpRequest, tool: Tool, secret: str) -> list[tuple[object, str]]:
    url = request.build_absolute_uri("/").rstrip("/")
    return [(piece, piece.filled(url, secret or PLACEHOLDER)) for piece in tool.pieces]
