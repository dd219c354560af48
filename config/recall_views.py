"""Recalling from the browser: what is reached first, then the recall, and the list of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from config.recalled import reached
from curation import recalls
from curation.models import Example, Recall
from curation.recalls import RecallRefused
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.pages import BadCursor, page_of

PAGE = 50


class RecallForm(forms.Form):
    """What is wrong with it."""

    kind = forms.ChoiceField(label=_("What is wrong with it"), choices=Recall.Kind.choices)
    why = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("Stays on the record and in the list: quote no code in it."),
    )
    with_near = forms.BooleanField(
        label=_("With those that say nearly the same"), required=False, initial=True
    )


class TakeBackForm(forms.Form):
    """Why it may be learnt from again."""

    why = forms.CharField(label=_("Why"), max_length=300)


@login_required
@require_GET
def recall_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every recall and every one that was taken back, the newest first."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    there, back = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(recalls.in_order(project), ["-id"], PAGE, after=there, before=back)
    except BadCursor as error:
        raise Http404(str(error)) from error
    stands = recalls.stands(page.rows)
    context = {
        "project": project,
        "place": "datasets",
        "page": page,
        "rows": [(row, row.pk in stands) for row in page.rows],
    }
    return render(request, "home/recalls.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def recall(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One example's recall: what it reaches; POST recalls it, or takes that back."""
    ability = Ability.CURATE if request.method == "POST" else Ability.READ_CODE
    project = project_for(request.user, slug, ability)
    example = get_object_or_404(
        Example.objects.select_related("project", "correction"), project=project, pk=pk
    )
    form = _form(request, recalls.recall_of(example))
    says, status = "", 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                _do(request, example, form)
            except RecallRefused as error:
                says, status = str(error), 409
            else:
                return redirect("recall", slug, pk)
    return _page(request, project, example, {"form": form, "says": says}, status)


def _form(request: PersonRequest, standing: Recall | None) -> RecallForm | TakeBackForm:
    data = request.POST if request.method == "POST" else None
    if data is None:
        return TakeBackForm() if standing else RecallForm()
    return TakeBackForm(data) if "take-back" in data else RecallForm(data)


def _do(request: PersonRequest, example: Example, form: RecallForm | TakeBackForm) -> None:
    told = form.cleaned_data
    if isinstance(form, TakeBackForm):
        recalls.take_back(example, told["why"], request.user, clock.now())
        messages.success(request, gettext("Taken back. Later versions may hold it again."))
        return
    made = recalls.recall(
        example,
        told["kind"],
        told["why"],
        request.user,
        clock.now(),
        with_near=told["with_near"],
    )
    said = gettext("Recalled: {count}. No version that is asked for from now on holds any of them.")
    messages.success(request, said.format(count=len(made)))


def _page(
    request: PersonRequest,
    project: Project,
    example: Example,
    told: dict[str, Any],
    status: int,
) -> HttpResponse:
    kin = recalls.kin_of(example)
    context = {
        "project": project,
        "place": "datasets",
        "example": example,
        "kin": kin,
        "standing": recalls.recall_of(example),
        "history": recalls.in_order(project).filter(example=example).order_by("-id"),
        "reached": reached([example, *kin.same, *kin.near]),
    }
    return render(request, "home/recall.html", context | told, status=status)
