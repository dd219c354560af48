"""Pages that decide many slots at once: a cluster, a filter, and what became of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from curation import categories
from feedback.models import Severity
from governance.access import Ability, project_for
from governance.models import Project, User
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.nudge import nudge
from lib.scales import written
from lib.transitions import MoveRefused
from reviews import batches, bulk, evidence, queue, suggestions, workspace
from reviews.clusters import around
from reviews.filters import Filters, from_query
from reviews.forms import BatchForm, CategoryForm
from reviews.models import Batch, CategoryChange, ReviewTask, Verdict
from reviews.tasks import run_batch


@login_required
@require_GET
@never_cache
def cluster(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """The near-duplicates of an item."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    return _cluster(request, project, task)


@login_required
@require_POST
def decide_cluster(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Decide every ticked near-duplicate that is free, then go on to the next item."""
    project = project_for(request.user, slug, Ability.REVIEW)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    found = around(task, request.user, project)
    form = BatchForm(request.POST, project=project)
    if found is None or not form.is_valid():
        return _cluster(request, project, task, form, 422)
    ticked = [pk for each in request.POST.getlist("member") if (pk := workspace.number_of(each))]
    try:
        batch = batches.decide_cluster(
            project, request.user, found.cluster, ticked, form.said(), clock.now()
        )
    except batches.NothingToDecide:
        return _cluster(request, project, task, form, 409)
    return _go_on(request, project, batch)


@login_required
@require_GET
@never_cache
def batch(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """A batch: how far it is, what was decided, what was left out and why."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    found = get_object_or_404(_readable(project, request.user), pk=pk)
    counts = batches.counts_of(found)
    is_open = found.state in batches.WORKING
    context = {
        "project": project,
        "place": "review",
        "batch": found,
        "counts": counts,
        "is_open": is_open,
        "percent": batches.progress_of(found, counts),
        "left": batches.left_of(found),
        "items": batches.shown(found),
        "may_undo": batches.may_undo(found, request.user, counts),
        "may_cancel": batches.may_cancel(found, request.user),
    }
    return render_part(request, "reviews/batch.html", "batch-progress", context)


@login_required
@require_POST
def undo_batch(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Take back all of one's own batch that nothing has followed."""
    project = project_for(request.user, slug, Ability.REVIEW)
    found = get_object_or_404(_batches(project), pk=pk, by=request.user)
    try:
        batches.undo(found, clock.now())
    except MoveRefused:
        messages.warning(
            request, gettext("It cannot be undone now: it is under way, or undone already.")
        )
    nudge(run_batch, found.pk)
    return redirect("reviews:batch", slug, pk)


@login_required
@require_POST
def cancel_batch(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Stop a batch; what it has decided stays, until it is undone."""
    project = project_for(request.user, slug, Ability.REVIEW)
    found = get_object_or_404(_batches(project), pk=pk, by=request.user)
    try:
        batches.cancel(found)
    except MoveRefused:
        messages.info(request, gettext("There was nothing left to cancel."))
    return redirect("reviews:batch", slug, pk)


@login_required
@require_safe
@never_cache
def bulk_page(request: PersonRequest, slug: str) -> HttpResponse:
    """What one decision for all that pass the filters would do, before it is made."""
    project = project_for(request.user, slug, Ability.CURATE)
    return _bulk(request, project)


@login_required
@require_POST
def decide_bulk(request: PersonRequest, slug: str) -> HttpResponse:
    """Ask for one decision on all that pass the filters."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = BatchForm(request.POST, project=project)
    if not form.is_valid():
        return _bulk(request, project, form, 422)
    try:
        made = batches.request(project, request.user, _filters(request), form.said(), clock.now())
    except batches.NothingToDecide:
        return _bulk(request, project, form, 409)
    nudge(run_batch, made.pk)
    return redirect("reviews:batch", slug, made.pk)


@login_required
@require_POST
def set_category(request: PersonRequest, slug: str) -> HttpResponse:
    """Suggest one category for all that wait and pass the filters; nothing is decided."""
    project = project_for(request.user, slug, Ability.CURATE)
    form, filters = CategoryForm(request.POST, project=project), _filters(request)
    page = f"{reverse('reviews:bulk', args=[slug])}?{filters.query()}"
    if not form.is_valid():
        messages.warning(request, gettext("Choose a category first. Nothing was set."))
        return redirect(page)
    named = form.cleaned_data["category"]
    try:
        made = suggestions.set_category(project, request.user, filters, named, clock.now())
    except suggestions.NothingToSet:
        messages.info(request, gettext("All that waits here is {name} already.").format(name=named))
        return redirect(page)
    return redirect(f"{page}&set={made.pk}" if filters else f"{page}set={made.pk}")


@login_required
@require_POST
def undo_category(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Take back a category that was set for many."""
    project = project_for(request.user, slug, Ability.CURATE)
    made = get_object_or_404(CategoryChange, project=project, pk=pk)
    try:
        count = suggestions.undo(made, request.user, clock.now())
        messages.success(
            request,
            gettext("Taken back for {n}. What was decided meanwhile stays.").format(
                n=written(f"{count:,}")
            ),
        )
    except suggestions.AlreadyUndone:
        messages.info(request, gettext("It was taken back already."))
    return redirect(f"{reverse('reviews:bulk', args=[slug])}?{made.filters}")


def _cluster(
    request: PersonRequest,
    project: Project,
    task: ReviewTask,
    form: BatchForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = around(task, request.user, project)
    if found is None:
        raise Http404(gettext("the item has no near-duplicates"))
    suggested = {"category": task.category.slug, "severity": task.severity}
    context = {
        "project": project,
        "place": "review",
        "task": task,
        "around": found,
        "may_review": workspace.may_review(project),
        "form": form or BatchForm(project=project, initial=suggested),
        "nothing": status == 409,
        "filters": _filters(request),
        **_choices(project),
    }
    return render_part(request, "reviews/cluster.html", "cluster-panel", context, status)


def _bulk(
    request: PersonRequest, project: Project, form: BatchForm | None = None, status: int = 200
) -> HttpResponse:
    filters = _filters(request)
    context = {
        "project": project,
        "place": "review",
        "filters": filters,
        "chips": filters.chips(),
        "preview": bulk.preview(project, request.user, filters),
        "change": _change_just_now(request, project),
        "form": form or BatchForm(project=project),
        "nothing": status == 409,
        **_choices(project),
    }
    return render(request, "reviews/bulk.html", context, status=status)


def _change_just_now(request: HttpRequest, project: Project) -> CategoryChange | None:
    """The change that the address names, while it can be undone."""
    number = workspace.number_of(request.GET.get("set", ""))
    made = CategoryChange.objects.filter(project=project, pk=number or 0, undone_at=None)
    return made.select_related("category", "by").annotate(count=Count("items")).first()


def _choices(project: Project) -> dict[str, object]:
    return {
        "categories": categories.listed(project),
        "severities": Severity.choices,
        "reasons": Verdict.Reason.choices,
    }


def _go_on(request: PersonRequest, project: Project, made: Batch) -> HttpResponse:
    """To the next item, with the batch to undo; or to the queue when nothing waits."""
    filters = _filters(request)
    said = "&".join(part for part in (filters.query(), f"batch={made.pk}") if part)
    task = queue.claim(project, request.user, clock.now(), filters)
    if task is None:
        return redirect(f"{reverse('reviews:queue', args=[project.slug])}?{said}")
    return redirect(f"{reverse('reviews:task', args=[project.slug, task.pk])}?{said}")


def _batches(project: Project) -> QuerySet[Batch]:
    return Batch.objects.filter(project=project).select_related("by", "category", "cluster")


def _readable(project: Project, person: User) -> QuerySet[Batch]:
    """One's own; who reviews sees no others, for the first pass on their items is blind."""
    found = _batches(project)
    return found.filter(by=person) if workspace.may_review(project) else found


def _filters(request: HttpRequest) -> Filters:
    return from_query({name: [str(v) for v in values] for name, values in request.GET.lists()})
