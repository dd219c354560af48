"""When a project freezes by itself: the form on the page of its versions."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from curation import scheduling
from curation.models import FreezeSchedule
from governance.access import Ability, project_for
from governance.requests import PersonRequest
from lib import clock


class ScheduleForm(forms.Form):
    """When, and after how many."""

    every = forms.ChoiceField(
        label=_("A version is frozen"),
        choices=FreezeSchedule.Every.choices,
        widget=forms.RadioSelect,
    )
    decisions = forms.IntegerField(
        label=_("So many decisions"),
        min_value=1,
        max_value=1_000_000,
        initial=scheduling.USUAL,
        help_text=_("Counted where it goes by decisions: accepted, rejected or taken back."),
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def schedule(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; POST sets the schedule."""
    project = project_for(request.user, slug, Ability.CURATE)
    held = scheduling.schedule_of(project)
    begin = {"every": held.every, "decisions": held.decisions} if held else {"every": "never"}
    form = ScheduleForm(request.POST or None, initial=begin)
    if form.is_valid():
        scheduling.schedule(project, **form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, gettext("Set. Versions it freezes are asked for in your name."))
        return redirect("curation:schedule", slug)
    context = {
        "project": project,
        "place": "datasets",
        "form": form,
        "held": held,
        "is_stuck": bool(held and scheduling.is_stuck(held)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "curation/schedule.html", context, status=status)
