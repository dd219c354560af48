"""Comments over HTTP: posted, edited, resolved. htmx gets the thread, everyone else the page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from reviews import comments, evidence
from reviews.comments import Place, Talk
from reviews.models import ReviewTask, Thread

MOST_LINES = 1_000_000


class CommentForm(forms.Form):
    """What is said, and where: in a thread, on a line of a side, or on the whole item."""

    text = forms.CharField(max_length=comments.LONGEST, required=False)
    side = forms.ChoiceField(choices=Thread.Side.choices, required=False)
    line = forms.IntegerField(min_value=1, max_value=MOST_LINES, required=False)
    thread = forms.IntegerField(min_value=1, required=False)
    key = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "side" in given and "line" in given and bool(given["side"]) != bool(given["line"]):
            self.add_error("line", gettext("Name a side and a line of it, or neither."))
        return given

    def clean_text(self) -> str:
        """Browsers send CRLF from a text area."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()

    @property
    def place(self) -> Place:
        """Where it was said."""
        return Place(self.cleaned_data["side"] or "", self.cleaned_data["line"])


@login_required
@require_POST
def comment(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Post what was typed, or ("draft") keep it for oneself."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _refused(
            request, task, gettext("Nothing was posted: the line or the text is not in order.")
        )
    thread = _thread(project, task, form)
    where: dict[str, Any] = {"place": form.place, "thread": thread}
    text, now = form.cleaned_data["text"], clock.now()
    if "draft" in request.POST:
        comments.keep_draft(task, request.user, text, now, **where)
        return HttpResponse(status=204) if _is_part(request) else _back(task)
    if not text:
        return _refused(request, task, gettext("Nothing was posted: say something first."))
    said = comments.say(task, request.user, text, now, key=form.cleaned_data["key"], **where)
    return _shown(request, task, said.thread_id)


@login_required
@require_POST
def change_comment(request: PersonRequest, slug: str, task_id: int, pk: int) -> HttpResponse:
    """Edit or remove a comment."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    said = get_object_or_404(comments.comments(project), pk=pk, thread__example=task.example_id)
    form = CommentForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    try:
        if "remove" in request.POST:
            curates = Ability.CURATE in project.abilities  # type: ignore[attr-defined]  # access
            comments.remove(said, request.user, clock.now(), curates=curates)
        elif not text:
            return _refused(
                request, task, gettext("Nothing was changed: an empty comment says nothing.")
            )
        elif text != said.text:
            comments.edit(task, said, request.user, text, clock.now())
    except comments.NotYours:
        return _refused(request, task, gettext("Only who wrote it may change it."), 403)
    except comments.Gone:
        return _refused(request, task, gettext("It was removed meanwhile."), 409)
    return _shown(request, task, said.thread_id)


@login_required
@require_POST
def resolve_thread(request: PersonRequest, slug: str, task_id: int, pk: int) -> HttpResponse:
    """Resolve a thread, or (`open`) open it again."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    thread = get_object_or_404(comments.threads(project), pk=pk, example=task.example_id)
    comments.resolve(thread, request.user, clock.now(), resolved="open" not in request.POST)
    return _shown(request, task, thread.pk)


@login_required
@require_GET
@never_cache
def people_to_name(request: PersonRequest, slug: str) -> HttpResponse:
    """Whom `@` and these letters may mean."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    start = request.GET.get("start", "")[:150]
    found = comments.people_to_name(project, start) if "\x00" not in start else []
    said = [{"name": each.username, "called": each.get_full_name()} for each in found]
    return JsonResponse({"people": said})


def _thread(project: Project, task: ReviewTask, form: CommentForm) -> Thread | None:
    number = form.cleaned_data["thread"]
    if number is None:
        return None
    return get_object_or_404(comments.threads(project), pk=number, example=task.example_id)


def _shown(request: PersonRequest, task: ReviewTask, thread_id: int) -> HttpResponse:
    """The thread as it stands now; the page it is on without htmx."""
    if not _is_part(request):
        return redirect(f"{_address(task)}#thread-{thread_id}")
    talks = comments.said_about(task, request.user)
    talk = next((each for each in talks if each.pk == thread_id), None)
    context = {
        "project": task.project,
        "task": task,
        "thread": talk or Talk(thread_id, "", 0),
        "may_curate": Ability.CURATE in getattr(task.project, "abilities", ()),
    }
    return render(request, "reviews/line_thread.html", context)


def _refused(
    request: PersonRequest, task: ReviewTask, words: str, status: int = 422
) -> HttpResponse:
    """Say why; what was typed stays in the page that htmx does not swap."""
    if _is_part(request):
        return HttpResponse(
            words, status=status, content_type="text/plain", headers={"HX-Reswap": "none"}
        )
    messages.warning(request, words)
    return _back(task)


def _is_part(request: PersonRequest) -> bool:
    return bool(getattr(request, "htmx", None))


def _back(task: ReviewTask) -> HttpResponse:
    return redirect(f"{_address(task)}#comments")


def _address(task: ReviewTask) -> str:
    return reverse("reviews:task", args=[task.project.slug, task.pk])
