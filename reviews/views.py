"""The queue page and the review workspace."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from governance.access import Ability, project_for
from governance.models import Project, User
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.pages import BadCursor
from reviews import evidence, inbox, lists, queue, verdicts, workspace
from reviews.evidence import Evidence
from reviews.filters import Filters, from_query
from reviews.forms import LeaseForm, VerdictForm
from reviews.hindsight import hindsight
from reviews.models import ReviewTask, Verdict
from reviews.reading import reading_of
from reviews.reasons import KEY_REUSED, TAKEN_BACK, Lost, refused, why_lost

VERBS: dict[str, Callable[..., Verdict]] = {
    Verdict.Kind.ACCEPT: verdicts.accept,
    Verdict.Kind.FIX: verdicts.fix,
    Verdict.Kind.REJECT: verdicts.reject,
    Verdict.Kind.REQUEUE: verdicts.requeue,
    Verdict.Kind.UNSURE: verdicts.unsure,
    Verdict.Kind.ESCALATE: verdicts.escalate,
    Verdict.Kind.SKIP: verdicts.skip,
    Verdict.Kind.PASS: verdicts.pass_on,
    Verdict.Kind.SNOOZE: verdicts.snooze,
}
REFUSED = {verdicts.KeyReused: KEY_REUSED, verdicts.TakenBack: TAKEN_BACK}
REFUSALS = (
    *(queue.LeaseLost, queue.NotFree, queue.OwnCorrection),
    *(verdicts.KeyReused, verdicts.TakenBack),
)


@login_required
@require_GET
@never_cache
def queue_page(request: PersonRequest, slug: str) -> HttpResponse:
    """One page of a tab of the queue."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    try:
        context = lists.queue_context(project, request.user, _lists(request))
    except BadCursor:
        return redirect("reviews:queue", slug)
    context["may_review"] = workspace.may_review(project)
    context["may_curate"] = workspace.may_curate(project)
    context["done"] = workspace.done_just_now(project, request.user, _lists(request))
    context["batch"] = workspace.batch_just_now(project, request.user, _lists(request))
    context["learnt"] = workspace.learnt_just_now(project, request.user, _lists(request))
    return render_part(request, "reviews/queue.html", "queue-list", context)


@login_required
@require_POST
def next_task(request: PersonRequest, slug: str) -> HttpResponse:
    """Claim the next slot, or the one that was named, and show it."""
    project = project_for(request.user, slug, Ability.REVIEW)
    filters = from_query(_lists(request))
    named = workspace.number_of(request.POST.get("task", ""))
    if named is None:
        done = workspace.done_just_now(project, request.user, _lists(request))
        return _go_on(request, project, filters, done)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=named)
    try:
        workspace.take(task, request.user, project, clock.shared())
    except (queue.NotFree, queue.OwnCorrection):
        messages.warning(request, workspace.why_not(task, request.user))
    return redirect(_address(project, task, filters))


@login_required
@require_GET
@never_cache
def task_page(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """The workspace: to decide in for whoever holds the slot, to read for everyone else."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    response = _show(request, project, task)
    inbox.see(request.user, task, clock.shared())
    if getattr(request, "htmx", None):
        response["HX-Push-Url"] = _address(project, task, from_query(_lists(request)))
    return response


@login_required
@require_POST
def decide(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Give a verdict and go on to the next slot; what was typed survives every refusal.

    A client that asks for JSON gets the verdict's id, or the problem, and no page.
    """
    project = project_for(request.user, slug, Ability.REVIEW)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    form = VerdictForm(request.POST, project=project)
    answer = _answer_json if _wants_json(request) else _show
    if not form.is_valid():
        return answer(request, project, task, form, status=422)
    try:
        verdict = _give(project, task, form, request.user)
    except REFUSALS as error:
        task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
        words = REFUSED.get(type(error))
        why = refused(words) if words else why_lost(task, request.user)
        return answer(request, project, task, form, why, status=409)
    if _wants_json(request):
        return JsonResponse(_taken(project, request.user, verdict))
    return _go_on(request, project, from_query(_lists(request)), verdict)


@login_required
@require_POST
def undo(request: PersonRequest, slug: str) -> HttpResponse:
    """Take back one of the person's own verdicts and show its slot again."""
    project = project_for(request.user, slug, Ability.REVIEW)
    number = workspace.number_of(request.POST.get("verdict", ""))
    own = Verdict.objects.filter(task__project=project, reviewer=request.user)
    verdict = get_object_or_404(own, pk=number or 0)
    filters = from_query(_lists(request))
    try:
        task = verdicts.undo(verdict, request.user, clock.shared())
    except verdicts.TooLate:
        messages.warning(
            request, gettext("It is too late to undo that: the item has moved on since.")
        )
        return _client_redirect(request, f"{reverse('reviews:queue', args=[slug])}?tab=mine")
    return redirect(_address(project, task, filters))


@login_required
@require_POST
def heartbeat(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Renew the lease; 409 says who has the slot now."""
    project = project_for(request.user, slug, Ability.REVIEW)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    form = LeaseForm(request.POST)
    lease = form.lease(request.user) if form.is_valid() else None
    try:
        if lease is None:
            raise queue.LeaseLost
        queue.heartbeat(task, lease, clock.shared())
    except queue.LeaseLost:
        return JsonResponse({"problem": why_lost(task, request.user).words}, status=409)
    return JsonResponse({"seconds": int(queue.LEASE.total_seconds())})


@login_required
@require_POST
def release(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Give the slot back: at once, or (`later`, when a page is left) soon."""
    project = project_for(request.user, slug, Ability.REVIEW)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    form = LeaseForm(request.POST)
    lease = form.lease(request.user) if form.is_valid() else None
    if lease is not None and "later" in request.POST:
        queue.leave(task, lease, clock.shared())
        return HttpResponse(status=204)
    try:
        if lease is None:
            raise queue.LeaseLost
        queue.release(task, lease, clock.shared())
        messages.success(
            request, gettext("Released {name}. It waits again.").format(name=task.name)
        )
    except queue.LeaseLost:
        messages.info(request, gettext("You did not hold that item any more."))
    return redirect("reviews:queue", slug)


def _give(project: Project, task: ReviewTask, form: VerdictForm, person: User) -> Verdict:
    """Call the verb the form asks for. Raises what `decide` answers with 409."""
    given, moment = form.cleaned_data, clock.shared()
    lease = form.lease(person)
    if given["retake"]:
        task = workspace.take(task, person, project, moment)
        lease = queue.lease_of(task)
    if lease is None:
        raise queue.LeaseLost
    said = form.said()
    if given["verdict"] == Verdict.Kind.SNOOZE:
        said["until"] = form.wakes_at(moment)
    if "code" in said:
        said["code"] = workspace.with_line_ends_of(task.example.ideal.text, said["code"])
    return VERBS[given["verdict"]](task, lease, moment, **said)


def _suggested(task: ReviewTask, item: Evidence) -> dict[str, str]:
    """What the form starts with: the votes' category, the developer's severity and code.

    Where nobody voted nothing is chosen: what is likeliest before anything is known would only
    lead the reviewer. The example itself is not asked: it may have been decided already.
    """
    return {
        "category": task.category.slug if item.said else "",
        "severity": task.severity,
        "code": item.example.ideal.text,
    }


def _go_on(
    request: PersonRequest, project: Project, filters: Filters, done: Verdict | None = None
) -> HttpResponse:
    """To the next slot, or to the queue when nothing waits."""
    task = queue.claim(project, request.user, clock.shared(), filters)
    if task is not None:
        return redirect(_address(project, task, filters, done))
    messages.info(request, gettext("Nothing waits for you here now."))
    home = reverse("reviews:queue", args=[project.slug])
    return _client_redirect(request, f"{home}?{workspace.query(filters, done)}")


def _show(
    request: PersonRequest,
    project: Project,
    task: ReviewTask,
    form: VerdictForm | None = None,
    lost: Lost | None = None,
    status: int = 200,
) -> HttpResponse:
    lists, moment = _lists(request), clock.shared()
    reading = reading_of(lists, request.COOKIES)
    context = workspace.task_context(project, request.user, task, lists, reading, moment)
    context |= {
        "form": form or VerdictForm(project=project, initial=_suggested(task, context["item"])),
        "lost": lost,
        "deciding": bool(form or context["lease"]),
    }
    return render_part(request, "reviews/task.html", "workspace", context, status)


def _answer_json(
    request: PersonRequest,
    project: Project,
    task: ReviewTask,
    form: VerdictForm,
    lost: Lost | None = None,
    *,
    status: int,
) -> HttpResponse:
    """Why a decision was not taken, for a page that kept what was typed."""
    problem = lost.words if lost else gettext("Some of what was sent cannot be stored.")
    said = {"problem": problem, "free": bool(lost and lost.free), "errors": form.errors}
    return JsonResponse(said, status=status)


def _taken(project: Project, person: User, verdict: Verdict) -> dict[str, Any]:
    """What a page is told of the decision it sent; `learnt`, if the item only measured."""
    learnt = hindsight(project, person, verdict.pk)
    said = {"verdict": verdict.pk, "kind": verdict.kind, "task": verdict.task_id}
    return said | ({"learnt": asdict(learnt) | {"words": learnt.words}} if learnt else {})


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _client_redirect(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect the whole page follows, also from a request of htmx."""
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _address(
    project: Project, task: ReviewTask, filters: Filters, done: Verdict | None = None
) -> str:
    base = reverse("reviews:task", args=[project.slug, task.pk])
    said = workspace.query(filters, done)
    return f"{base}?{said}" if said else base


def _lists(request: HttpRequest) -> dict[str, list[str]]:
    """The values of the address."""
    return {name: [str(value) for value in values] for name, values in request.GET.lists()}
