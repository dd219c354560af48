"""Where a person may go: places, projects and items, as a page and for the command palette."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import navigation
from governance.access import Ability, abilities_of, projects_of
from governance.models import Project
from reviews import rows
from reviews.blindness import QUALITY
from reviews.models import ReviewTask

LONGEST = 200  # characters somebody looks for
NEWEST = 2_000  # of the waiting, the held and the decided items that are looked through, each
FOUND = 8  # items shown


@dataclass(frozen=True)
class Goal:
    """One place to go to: what it is called, where it belongs, its address."""

    name: str
    group: str
    href: str
    is_item: bool = False


@login_required
@never_cache
@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Every place, project and item that what was typed names."""
    words = request.GET.get("q", "")[:LONGEST].strip()
    projects = list(projects_of(request.user))
    here = next((each for each in projects if each.slug == request.GET.get("project")), None)
    found = [
        goal
        for goal in goals(request, projects, here)
        if words.casefold() in f"{goal.name} {goal.group}".casefold()
    ]
    if words and here and Ability.READ_CODE in abilities_of(request.user, here):
        found = items(here, words) + found
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"goals": [asdict(goal) for goal in found]})
    groups = {goal.group: [each for each in found if each.group == goal.group] for goal in found}
    context = {"words": words, "groups": groups, "project": here}
    return render(request, "home/go.html", context)


def goals(request: HttpRequest, projects: Iterable[Project], here: Project | None) -> list[Goal]:
    """The places of the project one is in, the projects, and one's own pages."""
    able = abilities_of(request.user, here) if here else frozenset()
    places = [
        Goal(gettext(place.name), here.name, reverse(place.view, args=[here.slug]))
        for place in navigation.PLACES
        if here and place.ability in able
    ]
    theirs = [
        Goal(p.name, gettext("Your projects"), reverse("overview", args=[p.slug])) for p in projects
    ]
    own = [
        Goal(gettext(name), gettext("Your account"), reverse(view))
        for name, view in navigation.ACCOUNT_PLACES
    ]
    return [*places, *theirs, *own]


def items(project: Project, words: str) -> list[Goal]:
    """Items with this number, or with these words in their path, among those near at hand."""
    hits: list[ReviewTask] = []
    mine = ReviewTask.objects.filter(project=project).exclude(kind__in=QUALITY)
    number = words.lstrip("#")
    if number.isdecimal() and len(number) <= 18:
        hits += mine.filter(pk=int(number))
    for near in (rows.waiting(project), rows.being_reviewed(project), _decided(mine)):
        ids = near.values("pk")[:NEWEST]
        hits += mine.filter(pk__in=ids, file_path__icontains=words)[: FOUND - len(hits)]
        if len(hits) >= FOUND:
            break
    shown = {row.pk: row for row in hits}.values()
    found = [
        Goal(f"{row.file_path or row.name} #{row.pk}", gettext("Items"), _at(project, row), True)
        for row in shown
    ]
    listed = f"{reverse('reviews:queue', args=[project.slug])}?{urlencode({'path': words})}"
    return [
        *found,
        Goal(
            gettext("The queue, path has “{words}”").format(words=words),
            gettext("Items"),
            listed,
            True,
        ),
    ]


def _decided(mine: QuerySet[ReviewTask]) -> QuerySet[ReviewTask]:
    return mine.filter(state=ReviewTask.State.DECIDED).order_by("-decided_at")


def _at(project: Project, task: ReviewTask) -> str:
    return reverse("reviews:task", args=[project.slug, task.pk])
