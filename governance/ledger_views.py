"""The ledger's pages: who did what to which digest, and the exact bytes that say so."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from governance.access import Ability, project_for
from governance.ledger import leaf_hash
from governance.models import LedgerEntry, Project
from lib.pages import BadCursor, page_of

PAGE = 50
LOOKED_AT = 5_000  # newest entries whose actions are offered as filters


@login_required
@require_GET
def ledger(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest entries, or those of one action."""
    project = project_for(request.user, slug, Ability.SEE)
    entries = LedgerEntry.objects.filter(project=project).select_related("actor").defer("body")
    action = request.GET.get("action", "").replace("\x00", "")
    if action:
        entries = entries.filter(action=action)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(entries, ["-id"], PAGE, after=after, before=before)
    except BadCursor:
        return redirect("governance:ledger", slug)
    context = {
        "project": project,
        "place": "ledger",
        "page": page,
        "action": action,
        "actions": _actions(project),
    }
    return render(request, "governance/ledger.html", context)


def _actions(project: Project) -> QuerySet[LedgerEntry, str]:
    newest = LedgerEntry.objects.filter(project=project).order_by("-id").values("id")[:LOOKED_AT]
    found = LedgerEntry.objects.filter(id__in=newest)
    return found.order_by("action").values_list("action", flat=True).distinct()


@login_required
@require_GET
def entry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One entry: its bytes, and whether they still hash to its leaf."""
    project = project_for(request.user, slug, Ability.SEE)
    found = get_object_or_404(LedgerEntry.objects.select_related("actor"), project=project, pk=pk)
    body = bytes(found.body)
    context = {
        "project": project,
        "place": "ledger",
        "entry": found,
        "body": body.decode(),
        "is_whole": leaf_hash(body) == found.leaf_hash,
    }
    return render(request, "governance/ledger_entry.html", context)


@login_required
@require_GET
def entry_bytes(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The exact bytes of one entry, to hash them elsewhere."""
    project = project_for(request.user, slug, Ability.SEE)
    found = get_object_or_404(LedgerEntry, project=project, pk=pk)
    name = f'attachment; filename="{project.slug}-ledger-{pk}.json"'
    headers = {"Content-Disposition": name}
    return HttpResponse(bytes(found.body), content_type="application/json", headers=headers)
