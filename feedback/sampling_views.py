"""What share of its generations a project follows after a decision."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.sampling import ALL, choose, chosen
from governance.access import Ability, project_for
from governance.requests import PersonRequest
from lib import clock


class ShareForm(forms.Form):
    """The share to follow."""

    share = forms.FloatField(
        label=_("Share"),
        min_value=0,
        max_value=1,
        help_text=_("From 0, none, to 1, all."),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def sampling(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; POST chooses a share."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    held = chosen(project)
    form = ShareForm(request.POST or None, initial={"share": held.share if held else ALL})
    if form.is_valid():
        choose(project, form.cleaned_data["share"], request.user, clock.now())
        messages.success(request, gettext("In force everywhere within ten seconds."))
        return redirect("feedback:sampling", slug)
    context = {"project": project, "place": "settings", "form": form, "chosen": held}
    status = 422 if form.is_bound else 200
    return render(request, "feedback/sampling.html", context, status=status)
