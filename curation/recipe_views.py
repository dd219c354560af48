"""Pages of a project's recipe: what is in force, what a draft would do, and how it came to be."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from curation import project_recipes
from curation.models import DatasetRecipe
from curation.previewing import effect_of
from curation.project_recipes import RecipeMoved, recipe_of
from curation.recipe import Difference, Recipe, differences
from curation.recipe_forms import RecipeForm
from curation.summary import STEPS, reason_in_words
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock

HISTORY = 20  # recipes shown


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def recipe(request: PersonRequest, slug: str) -> HttpResponse:
    """The recipe in force; POST previews a draft, or puts it in force."""
    ability = Ability.CURATE if request.method == "POST" else Ability.SEE
    project = project_for(request.user, slug, ability)
    before = project_recipes.latest(project)
    base = recipe_of(before) if before else Recipe()
    form = RecipeForm(base, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "status": 200}
    if form.is_bound:
        if not form.is_valid():
            context["status"] = 422
        elif "save" in request.POST:
            try:
                return _saved(request, project, form)
            except RecipeMoved as error:
                context |= {"says": str(error), "status": 409}
        else:
            context |= _effect(project, base, form.cleaned_data["recipe"])
    return _page(request, project, before, context)


@login_required
@require_GET
def recipe_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The recipe in force as JSON, as `curate_file --recipe` takes it."""
    project = project_for(request.user, slug, Ability.SEE)
    before = project_recipes.latest(project)
    told = (recipe_of(before) if before else Recipe()).as_json()
    answer = JsonResponse(told, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{project.slug}-recipe.json"'
    return answer


def _saved(request: PersonRequest, project: Project, form: RecipeForm) -> HttpResponse:
    seen = request.POST.get("seen", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 9):
        raise PermissionDenied
    made = project_recipes.set_recipe(
        project,
        form.cleaned_data["recipe"],
        form.cleaned_data["why"],
        request.user,
        clock.now(),
        after=int(seen),
    )
    says = gettext("Recipe {number} is in force for versions asked for from now on.")
    messages.success(request, says.format(number=made.number))
    return redirect("curation:recipe", project.slug)


def _effect(project: Project, base: Recipe, draft: Recipe) -> dict[str, Any]:
    effect = effect_of(project, draft, clock.now())
    return {
        "effect": effect,
        "steps": [(gettext(STEPS[each.name]), each.now, each.then) for each in effect.steps],
        "moves": [
            (title, [(each.example, reason_in_words(each.reason)) for each in moved], more)
            for title, moved, more in (
                (gettext("Would be left out"), effect.out, effect.more_out),
                (gettext("Would come in"), effect.come, effect.more_come),
            )
            if moved
        ],
        "changed": differences(base, draft),
    }


def _page(
    request: HttpRequest, project: Project, before: DatasetRecipe | None, context: dict[str, Any]
) -> HttpResponse:
    told = {
        "project": project,
        "place": "datasets",
        "in_force": before,
        "seen": before.number if before else 0,
        "history": _history(project),
    }
    status = context.pop("status")
    return render(request, "curation/recipe.html", told | context, status=status)


def _history(project: Project) -> list[tuple[DatasetRecipe, list[Difference]]]:
    """Each recipe with what it changed, newest first; the first one compared with the defaults."""
    recipes = DatasetRecipe.objects.filter(project=project).select_related("set_by")
    kept = list(recipes.order_by("-number")[: HISTORY + 1])
    earlier = [*(recipe_of(each) for each in kept[1:]), Recipe()]
    told = [
        (each, differences(before, recipe_of(each)))
        for each, before in zip(kept, earlier, strict=False)
    ]
    return told[:HISTORY]
