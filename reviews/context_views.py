"""What surrounds an item, what accepting it does, and its history with the way back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from curation import categories
from curation.models import Category, Example
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.markdown import document
from reviews import context, evidence, guidelines, verdicts
from reviews.blindness import may_see_verdicts
from reviews.history import history
from reviews.models import ReviewTask

LONGEST = 1_000


@login_required
@require_GET
@never_cache
def context_page(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Decisions on others like it, the same file, and the guideline of the category."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    category = _category(request, project) or task.category
    tree = list(categories.tree(project))
    shown = {
        **_about(project, task),
        "category": category,
        "similar": context.similar(task, request.user),
        "same_file": context.same_file(task, request.user),
        "guides": [
            (each, document(each.text)) for each in guidelines.guiding(category, tree, project)
        ],
        "may_flag": Ability.REVIEW in getattr(project, "abilities", ()),
    }
    return render_part(request, "reviews/context.html", "context-part", shown)


@login_required
@require_GET
@never_cache
def effect_part(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """What accepting it as the chosen category does."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    if not getattr(request, "htmx", None):
        return redirect("reviews:context", slug, task_id)
    found = context.effect(task, _category(request, project))
    return render(request, "reviews/effect.html", {**_about(project, task), "effect": found})


@login_required
@require_GET
@never_cache
def history_page(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Everything that happened to it; a curator may take its decision back here."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    abilities: frozenset[Ability] = getattr(project, "abilities", frozenset())
    reveals = may_see_verdicts(task, request.user, abilities)
    decided = task.example.state in (Example.State.ACCEPTED, Example.State.REJECTED)
    shown = {
        **_about(project, task),
        "events": history(task, request.user, reveals=reveals),
        "is_blind": not reveals,
        "may_reopen": decided and reveals and Ability.CURATE in abilities,
    }
    return render(request, "reviews/history.html", shown)


@login_required
@require_POST
def reopen(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Take the decision back with a record that says so; the item waits for a curator again."""
    project = project_for(request.user, slug, Ability.CURATE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    note = request.POST.get("note", "").strip()[:LONGEST].replace("\x00", "")
    try:
        verdicts.reopen(task.example, request.user, clock.now(), note=note)
        messages.success(
            request,
            gettext("{name} is open again and waits among the escalated.").format(name=task.name),
        )
    except verdicts.TooLate:
        messages.warning(request, gettext("Nothing was changed: it is not decided any more."))
    return redirect("reviews:history", slug, task_id)


def _category(request: PersonRequest, project: Project) -> Category | None:
    return categories.tree(project).filter(slug=request.GET.get("category", "")[:60]).first()


def _about(project: Project, task: ReviewTask) -> dict[str, object]:
    return {"project": project, "place": "review", "task": task}
