"""What a page asks for in the background so that the next item is there before it is wanted."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance.access import Ability, project_for
from governance.requests import PersonRequest
from lib import clock
from reviews import evidence, prefetch, queue, workspace
from reviews.filters import from_query
from reviews.prefetch import Named


@login_required
@require_POST
def ahead(request: PersonRequest, slug: str) -> HttpResponse:
    """Lease what comes after the current item, and say where each is to be fetched."""
    project = project_for(request.user, slug, Ability.REVIEW)
    filters = from_query(_lists(request))
    current = workspace.number_of(request.POST.get("current", "")) or 0
    held = prefetch.ahead(project, request.user, clock.shared(), filters, current)
    query = f"?{filters.query()}" if filters else ""
    items = [
        {"task": task.pk, "page": reverse("reviews:task", args=[slug, task.pk]) + query}
        for task in held
    ]
    return JsonResponse({"items": items})


@login_required
@require_POST
def hold(request: PersonRequest, slug: str) -> HttpResponse:
    """Renew the leases of items fetched ahead; the answer names those still held."""
    project = project_for(request.user, slug, Ability.REVIEW)
    kept = prefetch.renew(project, request.user, _named(request), clock.shared())
    return JsonResponse({"held": kept, "seconds": int(queue.AHEAD.total_seconds())})


@login_required
@require_POST
def give_back(request: PersonRequest, slug: str) -> HttpResponse:
    """Give items fetched ahead back, as a page does that is left."""
    project = project_for(request.user, slug, Ability.REVIEW)
    prefetch.give_back(project, request.user, _named(request), clock.shared())
    return HttpResponse(status=204)


@login_required
@require_GET
@never_cache
def beside(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """The list beside an item: what comes next, and what was just decided."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    context = workspace.beside(project, request.user, task, _lists(request), clock.shared())
    return render(request, "reviews/task_queue.html", context)


def _named(request: HttpRequest) -> list[Named]:
    """The leases that a page names as slot:token:epoch; what makes no sense is passed over."""
    found: list[Named] = []
    for said in request.POST.getlist("lease"):
        task, _, rest = said.partition(":")
        token, _, epoch = rest.partition(":")
        number, counted = workspace.number_of(task), workspace.number_of(epoch)
        try:
            proof = UUID(token)
        except ValueError:
            continue
        if number is not None and counted is not None and counted < 2**31:
            found.append((number, proof, counted))
    return found


def _lists(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.GET.lists()}
