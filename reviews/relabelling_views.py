"""The page that labels again what waits: its effect, how far it is, and earlier runs."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.nudge import nudge
from reviews import relabelling
from reviews.tasks import label_again

SHOWN = 20  # examples of a preview


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def again(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; POST previews, starts a run, or stops the one under way."""
    project = project_for(request.user, slug, Ability.CURATE)
    now = clock.now()
    if "start" in request.POST:
        run = relabelling.ask(project, request.user, now)
        nudge(label_again, run.pk)
        return redirect("reviews:label-again", slug)
    if "stop" in request.POST:
        if not relabelling.stop(project, request.user, now):
            messages.info(request, gettext("It had come to its end already."))
        return redirect("reviews:label-again", slug)
    context = _context(project)
    if request.method == "POST":
        looked_at, changed = relabelling.preview(project, now)
        context |= {"looked_at": looked_at, "changed": changed[:SHOWN], "n": len(changed)}
    return render_part(request, "reviews/label_again.html", "relabelling-progress", context)


def _context(project: Project) -> dict[str, Any]:
    runs = relabelling.runs_of(project)
    run = runs[0] if runs and runs[0].ended_at is None else None
    left = relabelling.left_of(run) if run else 0
    return {
        "project": project,
        "place": "review",
        "page": "labelers",
        "waiting": relabelling.waiting(project),
        "run": run,
        "left": left,
        "percent": 100 * run.looked_at // max(1, run.looked_at + left) if run else 100,
        "runs": [each for each in runs if each != run],
    }
