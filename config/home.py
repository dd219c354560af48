"""A person's projects, the overview of one, and what became of a correction of their own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from config.fate import fate_of
from config.figures import PERIODS
from config.overview import overview as overview_of
from curation.summary import reported_by
from governance.access import Ability, project_for, projects_of
from governance.models import User
from lib.clock import now

BY_KEY = {period.key: period for period in PERIODS}
USUAL = "7d"
DAY = 24 * 60 * 60  # seconds


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The person's projects; straight to the only one."""
    projects = list(projects_of(request.user))
    if len(projects) == 1:
        return redirect("overview", slug=projects[0].slug)
    return render(request, "home/projects.html", {"projects": projects})


@require_safe
@cache_control(max_age=DAY, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """For what asks for it by its old name without having read a page."""
    return redirect(static("img/mark.svg"))


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """One project at a glance; the period is in the address."""
    project = project_for(request.user, slug, Ability.SEE)
    assert isinstance(request.user, User)
    period = BY_KEY.get(request.GET.get("period", USUAL), BY_KEY[USUAL])
    seen = overview_of(project, request.user, period, now())
    context = {"project": project, "place": "overview", "seen": seen, "periods": PERIODS}
    return render(request, "home/overview.html", context)


@login_required
@require_safe
def fate(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What became of one correction of one's own."""
    project = project_for(request.user, slug, Ability.SEE)
    assert isinstance(request.user, User)
    texts = ("prompt", "output", "ideal", "project")
    own = reported_by(project, request.user).prefetch_related(*texts)
    found = get_object_or_404(own, pk=pk)
    context = {"project": project, "place": "mine", "example": found, "fate": fate_of(found)}
    return render(request, "home/fate.html", context)
