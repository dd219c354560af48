"""The judge's page: whether a project asks it, what came of asking, and how far people agree."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from curation import judging
from curation.judge.engine import is_installed
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.wilson import wilson
from reviews.models import Verdict

DAYS = 14
FEW = 30  # below that a share is a first hint
OUTCOMES = {
    judging.VOTED: gettext_noop("Voted"),
    "bad_answer": gettext_noop("Answered with no category"),
    "too_long": gettext_noop("Answered without end"),
    "refused": gettext_noop("Refused, or the server refused us"),
    "timeout": gettext_noop("Took too long; asked again"),
    "overloaded": gettext_noop("The server was overloaded; asked again"),
    "unreachable": gettext_noop("The server was not there; asked again"),
}


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def judge(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; POST switches it on or off."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    if request.method == "POST":
        is_on = "on" in request.POST
        judging.choose(project, is_on, request.user, clock.now())
        said = (
            gettext("The judge is asked about what waits from now on.")
            if is_on
            else gettext("The judge is asked no longer. What it said stays.")
        )
        messages.success(request, said)
        return redirect("reviews:judge", slug)
    today = clock.now().date()
    counts = judging.counts_of(project, today - timedelta(days=DAYS))
    context = {
        "project": project,
        "place": "settings",
        "choice": judging.choice_of(project),
        "host": urlsplit(settings.JUDGE_URL).hostname if settings.JUDGE_URL else "",
        "model": settings.JUDGE_MODEL,
        "is_installed": is_installed(),
        "daily": settings.JUDGE_DAILY,
        "waiting": judging.waiting(project).count(),
        "counts": [(gettext(OUTCOMES.get(outcome, outcome)), n) for outcome, n in counts],
        "days": DAYS,
        "agreement": _agreement(project),
    }
    return render(request, "reviews/judge.html", context)


def _agreement(project: Project) -> tuple[float, float, float, int, bool] | None:
    """The share of verdicts that name the judge's category, its interval, and of how many."""
    told = Verdict.objects.filter(task__project=project, agrees_with_judge__isnull=False)
    found = told.aggregate(n=Count("id"), same=Count("id", filter=Q(agrees_with_judge=True)))
    if not found["n"]:
        return None
    low, high = wilson(found["same"], found["n"])
    return found["same"] / found["n"], low, high, found["n"], found["n"] < FEW
