"""The tests of an item, and the project's recipes for them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from curation.models import Example
from feedback.blobs import blob_id
from governance.access import Ability, abilities_of, project_for
from governance.models import Project, User
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.nudge import nudge
from reviews import evidence, planning, recipes, running, tasks, workspace
from reviews.blindness import may_see_verdicts
from reviews.matrix import Matrix, matrix_of, off
from reviews.models import ReviewTask, SandboxReport, TestPolicy, TestRecipe
from reviews.sandbox.limits import USUAL
from reviews.testing_forms import PolicyForm, RecipeForm, TriedForm, said_of


@login_required
@require_GET
@never_cache
def tests_page(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """The matrix of an item: the part that the workspace shows, or a page of its own."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    return _show_tests(request, project, task, _number(request.GET.get("tried", "")))


@login_required
@require_POST
def ask_tests(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Have the item's tests run, on a code of the reviewer's too where one is sent."""
    project = project_for(request.user, slug, Ability.REVIEW)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    form = TriedForm(request.POST)
    ideal = task.example.ideal.text
    code = workspace.with_line_ends_of(ideal, form.tried()) if form.is_valid() else ""
    more = [code] if code.strip() and code != ideal else []
    shown = [side.code for side in _matrix(request.user, project, task).sides]
    tried, refused = blob_id(project.pk, code) if more else None, ""
    try:
        planning.ask(task.example, request.user, clock.now(), *more, codes=shown)
        nudge(tasks.run_tests)
    except running.TooMany as error:
        said = gettext("Nothing was started: {why}. Ask again when some have.")
        tried, refused = None, said.format(why=error)
    if getattr(request, "htmx", None):
        return _show_tests(request, project, task, tried, refused)
    if refused:
        messages.warning(request, refused)
    return redirect(_address(project, task_id, tried))


@login_required
@require_GET
@never_cache
def recipes_page(request: PersonRequest, slug: str) -> HttpResponse:
    """The project's recipes, its policy, and what the workers' machines found."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    named = TestRecipe.objects.filter(project=project, name=request.GET.get("edit", ""))
    return _show_recipes(request, project, RecipeForm.of(named.order_by("-version").first()))


@login_required
@require_POST
def save_recipe(request: PersonRequest, slug: str) -> HttpResponse:
    """Write the next version of a recipe, or take one back."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = RecipeForm(request.POST)
    try:
        if name := request.POST.get("take_back", ""):
            recipes.take_back(project, name, request.user, clock.now())
            messages.success(
                request,
                gettext("Took {name} back. Examples that had it keep their results.").format(
                    name=name
                ),
            )
        elif form.is_valid():
            recipe = recipes.save(project, said_of(form), request.user, clock.now())
            messages.success(request, gettext("Saved {recipe}.").format(recipe=recipe))
        else:
            return _show_recipes(request, project, form, status=422)
    except recipes.NothingChanged:
        messages.info(request, gettext("The recipe says this already; nothing was saved."))
    except recipes.NoSuchRecipe:
        messages.warning(request, gettext("There is no recipe of this name any more."))
    return redirect("reviews:recipes", slug)


@login_required
@require_POST
def set_test_policy(request: PersonRequest, slug: str) -> HttpResponse:
    """Say whether new examples have their tests run without anybody asking."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = PolicyForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["is_automatic"]
        planning.set_policy(project, request.user, clock.now(), is_automatic=wanted)
        messages.success(request, gettext("Saved when tests run."))
    return redirect("reviews:recipes", slug)


def _show_tests(
    request: PersonRequest,
    project: Project,
    task: ReviewTask,
    tried: UUID | None,
    refused: str = "",
) -> HttpResponse:
    context = {
        "refused": refused,
        "project": project,
        "place": "review",
        "task": task,
        "tests": _matrix(request.user, project, task, tried),
        "tried": tried,
        "may_review": workspace.may_review(project),
    }
    status = 409 if refused else 200
    return render_part(request, "reviews/tests.html", "test-matrix", context, status)


def _matrix(person: User, project: Project, task: ReviewTask, tried: UUID | None = None) -> Matrix:
    """The matrix as this person may see it now."""
    example = Example.objects.select_related("correction").get(pk=task.example_id)
    reveals = may_see_verdicts(task, person, abilities_of(person, project))
    verdicts = evidence.readable_verdicts(task, person, reveals=reveals)
    return matrix_of(example, clock.now(), list(verdicts), tried)


def _show_recipes(
    request: PersonRequest, project: Project, form: RecipeForm, status: int = 200
) -> HttpResponse:
    policy = TestPolicy.objects.filter(project=project).select_related("changed_by").first()
    context = {
        "project": project,
        "place": "review",
        "recipes": planning.recipes(project),
        "policy": policy,
        "policy_form": PolicyForm(initial={"is_automatic": bool(policy and policy.is_automatic)}),
        "form": form,
        "kinds": TestRecipe.Kind.choices,
        "may_write": Ability.CURATE in abilities_of(request.user, project),
        "machines": SandboxReport.objects.order_by("-at"),
        "off": off(clock.now()),
        "limits": USUAL,
    }
    return render(request, "reviews/recipes.html", context, status=status)


def _number(text: str) -> UUID | None:
    """The id of a code that an address names."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(project: Project, task_id: int, tried: UUID | None) -> str:
    address = reverse("reviews:tests", args=[project.slug, task_id])
    return f"{address}?tried={tried}" if tried else address
