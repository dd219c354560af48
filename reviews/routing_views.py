"""Who gets what: teams, routes, code owners, the order of the queue; and one item to someone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from reviews import arranging, evidence, queue, routing, slots
from reviews.models import ReviewTeam, Route
from reviews.routing_forms import AssignForm, OrderForm, OwnersForm, RouteForm, TeamForm

OWNERS_ID = "owners_%s"  # two forms on the page ask for a repository


@login_required
@require_GET
@never_cache
def routing_page(request: PersonRequest, slug: str) -> HttpResponse:
    """Teams, routes and the order, to read and to change."""
    project = project_for(request.user, slug, Ability.CURATE)
    return _page(request, project)


@login_required
@require_POST
def save_team(request: PersonRequest, slug: str) -> HttpResponse:
    """A new team, or the members of one."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = TeamForm(request.POST, project=project)
    if not form.is_valid():
        return _page(request, project, team_form=form, status=422)
    team = arranging.save_team(project, request.user, clock.now(), **form.cleaned_data)
    return _done(
        request,
        project,
        gettext("{name} has {members} people.").format(
            name=team.name, members=team.members.count()
        ),
    )


@login_required
@require_POST
def drop_team(request: PersonRequest, slug: str, team_id: int) -> HttpResponse:
    """Dissolve a team; what was its is everybody's."""
    project = project_for(request.user, slug, Ability.CURATE)
    team = get_object_or_404(ReviewTeam, project=project, pk=team_id)
    arranging.drop_team(team, request.user, clock.now())
    return _done(
        request,
        project,
        gettext("{name} is dissolved; what was assigned to it is free.").format(name=team.name),
    )


@login_required
@require_POST
def add_route(request: PersonRequest, slug: str) -> HttpResponse:
    """A new route; it wins over those before it."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = RouteForm(request.POST, project=project)
    if not form.is_valid():
        return _page(request, project, route_form=form, status=422)
    route = arranging.add_route(project, request.user, clock.now(), **form.route())
    return _done(request, project, gettext("New items go by it: {route}.").format(route=route))


@login_required
@require_POST
def drop_route(request: PersonRequest, slug: str, route_id: int) -> HttpResponse:
    """Take a route away."""
    project = project_for(request.user, slug, Ability.CURATE)
    route = get_object_or_404(Route, project=project, pk=route_id)
    arranging.drop_route(route, request.user, clock.now())
    return _done(
        request, project, gettext("The route is gone; items it assigned keep their people.")
    )


@login_required
@require_POST
def code_owners(request: PersonRequest, slug: str) -> HttpResponse:
    """Replace a repository's routes by its CODEOWNERS file."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = OwnersForm(request.POST, auto_id=OWNERS_ID)
    if not form.is_valid():
        return _page(request, project, owners_form=form, status=422)
    given = form.cleaned_data
    made = arranging.follow_code_owners(project, request.user, clock.now(), **given)
    return _done(
        request,
        project,
        gettext("{made} lines of the file name a team or a reviewer here.").format(made=made),
    )


@login_required
@require_POST
def order(request: PersonRequest, slug: str) -> HttpResponse:
    """Switch parts of the queue's order on and off."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = OrderForm(request.POST)
    if not form.is_valid():
        return _page(request, project, order_form=form, status=422)
    arranging.reorder(project, request.user, clock.now(), **form.cleaned_data)
    return _done(request, project, gettext("The queue follows within seconds."))


@login_required
@require_POST
def assign(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Give one waiting item to a person or a team, or to everybody again."""
    project = project_for(request.user, slug, Ability.CURATE)
    task = get_object_or_404(evidence.tasks(project), pk=task_id)
    form = AssignForm(request.POST, project=project)
    if form.is_valid():
        try:
            given = routing.assign(task, request.user, clock.now(), **form.target())
            whom = given.person or given.team or gettext("everybody again")
            messages.success(
                request, gettext("{name} waits for {whom}.").format(name=task.name, whom=whom)
            )
        except queue.OwnCorrection:
            messages.warning(
                request, gettext("It is a correction of theirs; somebody else has to review it.")
            )
        except queue.NotFree:
            messages.warning(request, gettext("Only what waits can be assigned."))
    else:
        messages.warning(request, gettext("Nobody of that name reviews here."))
    return redirect(reverse("reviews:task", args=[slug, task_id]))


def _page(
    request: PersonRequest, project: Project, status: int = 200, **forms: Any
) -> HttpResponse:
    policy = slots.policy_of(project)
    context = {
        "project": project,
        "place": "review",
        "teams": project.review_teams.prefetch_related("members"),
        "routes": arranging.routes_of(project),
        "team_form": TeamForm(project=project),
        "route_form": RouteForm(project=project),
        "owners_form": OwnersForm(auto_id=OWNERS_ID),
        "order_form": OrderForm(initial=arranging.order_of(policy)),
    }
    return render(request, "reviews/routing.html", context | forms, status=status)


def _done(request: PersonRequest, project: Project, says: str) -> HttpResponse:
    messages.success(request, says)
    return redirect("reviews:routing", project.slug)
