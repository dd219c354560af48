"""Saving a view of the queue, and giving it up."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from governance.access import Ability, project_for
from governance.requests import PersonRequest
from reviews import saved, workspace
from reviews.models import SavedView


class ViewForm(forms.Form):
    """A name for what the address shows."""

    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=4000, required=False)
    shared = forms.BooleanField(required=False)


@login_required
@require_POST
def save_view(request: PersonRequest, slug: str) -> HttpResponse:
    """Keep the tab and filters under a name."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    form = ViewForm(request.POST)
    home = reverse("reviews:queue", args=[slug])
    if not form.is_valid():
        messages.warning(request, gettext("A view needs a name of up to 60 characters."))
        return redirect(f"{home}?{saved.cleaned(request.POST.get('query', ''))}")
    given = form.cleaned_data
    shared = given["shared"] and workspace.may_curate(project)
    try:
        view = saved.save(project, request.user, given["name"], given["query"], is_shared=shared)
    except saved.TooMany:
        messages.warning(
            request,
            gettext("{MOST} views are kept at most; give one up first.").format(MOST=saved.MOST),
        )
        return redirect(f"{home}?{saved.cleaned(given['query'])}")
    messages.success(request, gettext("Saved as {name}.").format(name=view.name))
    return redirect(f"{home}?{view.query}")


@login_required
@require_POST
def drop_view(request: PersonRequest, slug: str, view_id: int) -> HttpResponse:
    """Give up one of one's own views."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    mine = SavedView.objects.filter(project=project, owner=request.user)
    view = get_object_or_404(mine, pk=view_id)
    view.delete()
    messages.success(request, gettext("{name} is no longer kept.").format(name=view.name))
    return redirect("reviews:queue", slug)
