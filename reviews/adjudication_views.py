"""Where a curator settles a dispute: every word on the example, and one click to adopt one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance.access import Ability, project_for
from governance.models import User
from governance.requests import PersonRequest
from lib import clock
from reviews import adjudication, evidence, queue, workspace
from reviews.forms import LONGEST_NOTE, LeaseForm
from reviews.models import ReviewTask
from reviews.reasons import why_lost

State = ReviewTask.State


@login_required
@require_GET
@never_cache
def adjudicate(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """What people said, side by side; what is no dispute is read as ever."""
    project = project_for(request.user, slug, Ability.CURATE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    if not adjudication.is_dispute(task):
        return redirect("reviews:task", slug, task_id)
    is_mine = task.state == State.LEASED and task.leased_to_id == request.user.pk
    example = task.example
    context = {
        "project": project,
        "place": "review",
        "page": "adjudicate",
        "task": task,
        "correction": adjudication.correction(example),
        "options": adjudication.options(example, adjudication.words_on(example)),
        "lease": queue.lease_of(task) if is_mine else None,
        "may_take": workspace.may_take(task, request.user, project),
        "took_part": _took_part(task, request.user),
    }
    return render(request, "reviews/adjudicate.html", context)


@login_required
@require_POST
def take_dispute(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Claim the dispute and come back to the words."""
    project = project_for(request.user, slug, Ability.CURATE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    try:
        workspace.take(task, request.user, project, clock.now())
    except (queue.NotFree, queue.OwnCorrection):
        messages.warning(request, workspace.why_not(task, request.user))
    return redirect("reviews:adjudicate", slug, task_id)


@login_required
@require_POST
def adopt(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Decide as one of the reviewers did."""
    project = project_for(request.user, slug, Ability.CURATE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    form = LeaseForm(request.POST)
    lease = form.lease(request.user) if form.is_valid() else None
    number = workspace.number_of(request.POST.get("verdict", "")) or 0
    note = request.POST.get("note", "").replace("\x00", "").strip()[:LONGEST_NOTE]
    try:
        if lease is None:
            raise queue.LeaseLost
        verdict = adjudication.adopt(task, lease, number, note, clock.now())
    except queue.LeaseLost:
        messages.warning(request, why_lost(task, request.user).words)
        return redirect("reviews:adjudicate", slug, task_id)
    except adjudication.NothingToAdopt:
        messages.warning(
            request, gettext("That word was taken back meanwhile. Choose among these.")
        )
        return redirect("reviews:adjudicate", slug, task_id)
    return redirect(f"{reverse('reviews:queue', args=[slug])}?tab=escalated&done={verdict.pk}")


def _took_part(task: ReviewTask, person: User) -> bool:
    """Who reviewed an example does not settle its dispute."""
    plain = ReviewTask.objects.filter(example=task.example_id, kind=ReviewTask.Kind.PLAIN)
    return plain.filter(decided_by=person).exclude(pk=task.pk).exists()
