"""Pages of background work: every run of a project, and one with what it said."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from curation import datasets, run_words
from curation.models import Run, RunLine
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.pages import BadCursor, Page, page_of
from lib.transitions import MoveRefused
from lib.wording import inside

PAGE = 50
LINES = 200


@login_required
@require_GET
def runs(request: HttpRequest, slug: str) -> HttpResponse:
    """Every run of the project; `kind` and `state` name some of them."""
    project = project_for(request.user, slug, Ability.SEE)
    kind = _known(request.GET.get("kind", ""), Run.Kind.values)
    state = _known(request.GET.get("state", ""), run_words.BADGES)
    page = _page(request, run_words.runs_of(project, kind=kind, state=state), ["-id"], PAGE)
    now = clock.now()
    context = {
        "project": project,
        "place": "datasets",
        "kind": kind,
        "kinds": Run.Kind.choices,
        "state": state,
        "states": [(name, words) for name, (_, _, words) in run_words.BADGES.items()],
        "page": page,
        "rows": [run_words.told_of(each, now) for each in page.rows],
    }
    return render(request, "curation/runs.html", context)


def _known(said: str, known: Collection[str]) -> str:
    """What was asked for, where it is something; else everything is shown."""
    return said if said in known else ""


@login_required
@require_GET
def run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One run: how far it is, and its lines, the newest first."""
    project = project_for(request.user, slug, Ability.SEE)
    return _run(request, project, _found(project, pk))


def _run(request: HttpRequest, project: Project, found: Run, says: str = "") -> HttpResponse:
    told = run_words.told_of(found, clock.now())
    page = _page(request, RunLine.objects.filter(run=found), ["-id"], LINES)
    context = {
        "project": project,
        "place": "datasets",
        "told": told,
        "problem": run_words.problem_of(found),
        "says": says,
        "page": page,
        "lines": [(each, run_words.in_words(each)) for each in page.rows],
    }
    response = render_part(request, "curation/run.html", "run-now", context, 409 if says else 200)
    if not told.is_open:  # a page that was waiting gets its end
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def cancel(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Stop a run that builds a version."""
    project = project_for(request.user, slug, Ability.CURATE)
    found = _found(project, pk)
    if found.version is None or found.kind != Run.Kind.BUILD:
        raise Http404("Nothing that can be cancelled")
    try:
        datasets.cancel(found.version, request.user, clock.now())
    except MoveRefused:
        found.version.refresh_from_db()
        says = gettext("Nothing was cancelled: the version is {state}.").format(
            state=inside(found.version.get_state_display())
        )
        return _run(request, project, _found(project, pk), says)
    messages.success(
        request,
        gettext("The build of version {number} was cancelled.").format(number=found.version.number),
    )
    return redirect("curation:run", slug, pk)


def _found(project: Project, pk: int) -> Run:
    return get_object_or_404(run_words.runs_of(project), pk=pk)


def _page(request: HttpRequest, rows: Any, order: list[str], size: int) -> Page[Any]:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return page_of(rows, order, size, after=after, before=before)
    except BadCursor as error:
        raise Http404(str(error)) from error
