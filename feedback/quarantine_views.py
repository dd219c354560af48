"""What could not be mapped: seen as it came, mapped again after an upgrade, or put aside."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from feedback import quarantine
from feedback.models import Quarantined
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.pages import BadCursor, page_of

PAGE = 50
SHOWN = 200_000  # characters of one event; the whole of it is in the database and the API's export
AT_ONCE = 200  # events that one press maps; a worker's command does any number
State = Quarantined.State


@login_required
@require_GET
@never_cache
def listing(request: PersonRequest, slug: str) -> HttpResponse:
    """Those of one state, the newest first."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    state = request.GET.get("state", State.HELD)
    if state not in State.values:
        return redirect("feedback:quarantine", slug)
    rows = Quarantined.objects.filter(project=project, state=state).select_related("original")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(rows.defer("original__body"), ["-id"], PAGE, after=after, before=before)
    except BadCursor:
        return redirect("feedback:quarantine", slug)
    context = {"project": project, "place": "settings", "page": page, "state": state}
    return render(request, "feedback/quarantine.html", context | {"states": State.choices})


@login_required
@require_GET
@never_cache
def event(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One event, as it was kept, and what was done about it."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    found = get_object_or_404(
        Quarantined.objects.select_related("original__key"), project=project, pk=pk
    )
    body = _readable(found.original.body)
    context = {
        "project": project,
        "place": "settings",
        "found": found,
        "body": body[:SHOWN],
        "left": max(len(body) - SHOWN, 0),
        "events": found.events.select_related("by").order_by("id"),
    }
    return render(request, "feedback/quarantined.html", context)


@login_required
@require_POST
def replay(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Map one event again."""
    project = _administered(request, slug, pk)
    try:
        is_out = quarantine.replay(pk, request.user, clock.now())
    except Quarantined.DoesNotExist:
        messages.info(request, gettext("It is not held any more. Nothing was changed."))
        return redirect("feedback:quarantined", project.slug, pk)
    if is_out:
        messages.success(request, gettext("Mapped. It is out of quarantine."))
    else:
        messages.warning(request, gettext("It still cannot be mapped. It stays in quarantine."))
    return redirect("feedback:quarantined", project.slug, pk)


@login_required
@require_POST
def replay_all(request: PersonRequest, slug: str) -> HttpResponse:
    """Map what is held again, the oldest first."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    mapped = tried = 0
    for pk in quarantine.held(project, most=AT_ONCE):
        try:
            mapped += quarantine.replay(pk, request.user, clock.now())
        except Quarantined.DoesNotExist:  # another was quicker
            continue
        tried += 1
    said = gettext("{mapped} of {tried} events were mapped; the others stay in quarantine.")
    messages.info(request, said.format(mapped=mapped, tried=tried))
    return redirect("feedback:quarantine", slug)


@login_required
@require_POST
def dismiss(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Put one event aside for good."""
    project = _administered(request, slug, pk)
    why = request.POST.get("why", "").replace("\x00", "").strip()[:500]
    try:
        quarantine.dismiss(pk, request.user, why, clock.now())
    except Quarantined.DoesNotExist:
        messages.info(request, gettext("It is not held any more. Nothing was changed."))
    else:
        messages.success(request, gettext("Put aside. The event itself is still kept."))
    return redirect("feedback:quarantined", project.slug, pk)


def _administered(request: PersonRequest, slug: str, pk: int) -> Project:
    project = project_for(request.user, slug, Ability.ADMINISTER)
    if not Quarantined.objects.filter(project=project, pk=pk).exists():
        raise Http404("No such event")
    return project


def _readable(body: str) -> str:
    """The event's JSON, indented; as it is where it is deeper than that allows."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
