"""One's own numbers, and the team's."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from governance.access import Ability, project_for
from governance.requests import PersonRequest
from lib import clock
from reviews.own_numbers import own_numbers
from reviews.team_numbers import team_numbers


@login_required
@require_GET
@never_cache
def my_numbers(request: PersonRequest, slug: str) -> HttpResponse:
    """What the person decided, compared with colleagues, known answers and themselves."""
    project = project_for(request.user, slug, Ability.REVIEW)
    seen = own_numbers(project, request.user, clock.now())
    context = {"project": project, "place": "review", "page": "mine", "seen": seen}
    return render(request, "reviews/my_numbers.html", context)


@login_required
@require_GET
@never_cache
def team(request: PersonRequest, slug: str) -> HttpResponse:
    """What the team decided, what waits, and how far people agree."""
    project = project_for(request.user, slug, Ability.LEAD)
    seen = team_numbers(project, clock.now())
    context = {"project": project, "place": "review", "page": "team", "seen": seen}
    return render(request, "reviews/team.html", context)
