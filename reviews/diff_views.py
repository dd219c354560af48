"""The diff by itself: in parts as they are scrolled to, folded and opened, and how it is read."""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from reviews import comments, evidence
from reviews.models import ReviewTask
from reviews.reading import CHOICES, Reading, choices_in, reading_of

YEAR = 365 * 24 * 60 * 60
PART = ("row", "until")  # of the address: which rows of the diff are asked for


@login_required
@require_GET
@never_cache
def diff_part(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """The diff of an item, or some rows of it, to be put into the page; without htmx the page."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    if not getattr(request, "htmx", None):
        return redirect(_page(project, task, request, without=("until",)))
    return _show(request, project, task, reading_of(_lists(request), request.COOKIES))


@login_required
@require_GET
@never_cache
def suggestion(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """What the model wrote, for the editor to compare with; a page that nobody fixes is lighter."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    return HttpResponse(task.example.output.text, content_type="text/plain; charset=utf-8")


@login_required
@require_POST
def keep_reading(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Keep how the diff is read, for every item, and show it so."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    chosen = choices_in(request.POST)
    if getattr(request, "htmx", None):
        lists = {name: values for name, values in _lists(request).items() if name not in CHOICES}
        reading = reading_of(lists, {**request.COOKIES, **chosen})
        response = _show(request, project, task, replace(reading, first=None, until=None))
    else:
        response = redirect(_page(project, task, request, without=(*CHOICES, *PART)))
    for cookie, value in chosen.items():
        response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", path="/p/")
    return response


def _show(
    request: PersonRequest, project: Project, task: ReviewTask, reading: Reading
) -> HttpResponse:
    is_part = reading.first is not None
    talks = comments.said_about(task, request.user)
    context = {
        "project": project,
        "task": task,
        "item": evidence.for_diff(task, reading, comments.on_lines(talks)),
        "reading": reading,
    }
    template = "reviews/diff_rows.html" if is_part else "reviews/task_diff.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(
    project: Project, task: ReviewTask, request: HttpRequest, without: tuple[str, ...]
) -> str:
    lists = {name: values for name, values in _lists(request).items() if name not in without}
    address = reverse("reviews:task", args=[project.slug, task.pk])
    return f"{address}?{urlencode(lists, doseq=True)}" if lists else address


def _lists(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.GET.lists()}
