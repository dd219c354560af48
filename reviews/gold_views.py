"""Gold items: examples with a known answer, for curators to mark and take back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curation import categories
from curation.models import Category, Example
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from reviews import gold, slots
from reviews.models import GoldItem, ReviewTask

MOST = 200  # listed, the newest first
LONGEST = 2_000


class GoldForm(forms.Form):
    """What is right about an example, and why."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[("accept", gettext_lazy("Accept")), ("reject", gettext_lazy("Reject"))],
        widget=forms.RadioSelect,
    )
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=gettext_lazy("Category"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("Choose…"),
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The reviewer reads it right after deciding."),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = categories.tree(project)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("answer") == GoldItem.Answer.ACCEPT and not given.get("category"):
            self.add_error("category", gettext("Choose what kind of failure it is."))
        return given


@login_required
@require_GET
@never_cache
def gold_page(request: PersonRequest, slug: str) -> HttpResponse:
    """Every known answer, and how reviewers fared with it."""
    project = project_for(request.user, slug, Ability.CURATE)
    served = Count("probes", filter=Q(probes__task__state=ReviewTask.State.DECIDED))
    rows = gold.in_force(project).select_related("example", "category", "set_by")
    context = {
        "project": project,
        "place": "review",
        "page": "gold",
        "rows": rows.annotate(decided=served)[:MOST],
        "share": slots.policy_of(project).gold_share / 10,
    }
    return render(request, "reviews/gold.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def mark_gold(request: PersonRequest, slug: str, example_id: int) -> HttpResponse:
    """Say what is right about one example."""
    project = project_for(request.user, slug, Ability.CURATE)
    example = _example(project, example_id)
    if request.method == "GET":
        return _form(request, project, example, GoldForm(project=project, initial=_now(example)))
    form = GoldForm(request.POST, project=project)
    if not form.is_valid():
        return _form(request, project, example, form, 422)
    said = form.cleaned_data
    try:
        gold.mark(
            *(example, said["answer"], said["category"], said["why"], request.user), clock.now()
        )
    except gold.NotDecided:
        form.add_error(None, gettext("This item still waits for a decision; decide it first."))
        return _form(request, project, example, form, 409)
    except gold.Unchanged:
        pass
    messages.success(request, gettext("It is served to reviewers who have not met it."))
    return redirect("reviews:gold", slug)


@login_required
@require_POST
def withdraw_gold(request: PersonRequest, slug: str, example_id: int) -> HttpResponse:
    """Serve it as gold no more."""
    project = project_for(request.user, slug, Ability.CURATE)
    why = request.POST.get("why", "").replace("\x00", "").strip()[:LONGEST]
    try:
        gold.withdraw(
            _example(project, example_id), why or "Taken back.", request.user, clock.now()
        )
        messages.success(request, gettext("It is no gold item any more. What was compared stays."))
    except gold.NotGold:
        messages.info(request, gettext("It was no gold item any more."))
    return redirect("reviews:gold", slug)


def _example(project: Project, number: int) -> Example:
    rows = Example.objects.filter(project=project)
    return get_object_or_404(rows.select_related("project", "category"), pk=number)


def _now(example: Example) -> dict[str, str]:
    """What the form starts with: the answer that holds, else what was decided."""
    held = gold.of(example)
    if held is not None:
        category = held.category.slug if held.category else ""
        return {"answer": held.answer, "category": category, "why": held.why}
    rejected = example.state == Example.State.REJECTED
    category = "" if rejected or not example.category else example.category.slug
    return {"answer": "reject" if rejected else "accept", "category": category}


def _form(
    request: PersonRequest, project: Project, example: Example, form: GoldForm, status: int = 200
) -> HttpResponse:
    plain = ReviewTask.objects.filter(example=example, kind=ReviewTask.Kind.PLAIN)
    context = {
        "project": project,
        "place": "review",
        "page": "gold",
        "example": example,
        "task": plain.order_by("slot").first(),
        "held": gold.of(example),
        "form": form,
    }
    return render(request, "reviews/gold_form.html", context, status=status)
