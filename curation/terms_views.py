"""Whose code may be learnt from: the repositories of a project, with their terms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from curation.consent import with_terms
from feedback import terms
from feedback.models import RepositoryTerms
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock


class TermsForm(forms.Form):
    """The terms of one repository, or of all others."""

    repository = forms.CharField(
        label=_("Repository"),
        max_length=300,
        required=False,
        help_text=_("As clients name it. Empty: every repository without terms of its own."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    may_learn = forms.TypedChoiceField(
        label=_("Its code"),
        choices=[("yes", _("may be learnt from")), ("no", _("may not be learnt from"))],
        coerce=lambda value: value == "yes",
    )
    licence = forms.RegexField(
        label=_("Licence"),
        regex=r"^[A-Za-z0-9.+() -]{1,100}$",
        required=False,
        help_text=_("As SPDX names it: MIT, Apache-2.0. Copyleft is left out."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("Write it as SPDX does, such as MIT OR Apache-2.0.")},
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def repositories(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; POST states the terms of a repository."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    form = (
        TermsForm(request.POST)
        if request.method == "POST"
        else TermsForm(initial=_asked(request, project))
    )
    if form.is_bound and form.is_valid():
        terms.decide(project, **form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, gettext("Stated. It holds for versions made from now on."))
        return redirect("curation:repositories", slug)
    rows, others = with_terms(project)
    context = {
        "project": project,
        "place": "settings",
        "form": form,
        "rows": rows,
        "others": others,
    }
    status = 422 if form.is_bound else 200
    return render(request, "curation/repositories.html", context | {"form": form}, status=status)


@login_required
@require_POST
def withdraw(request: PersonRequest, slug: str) -> HttpResponse:
    """Take the terms of a repository back."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    if terms.withdraw(project, request.POST.get("repository", ""), request.user, clock.now()):
        messages.success(request, gettext("Taken back. The terms of all others hold for it now."))
    return redirect("curation:repositories", slug)


def _asked(request: PersonRequest, project: Project) -> dict[str, Any]:
    """The form as it is for the repository that is to be changed."""
    asked = request.GET.get("repository")
    if asked is None:
        return {}
    stated = RepositoryTerms.objects.filter(project=project, repository=asked).first()
    if stated is None:
        return {"repository": asked}
    may_learn = "yes" if stated.may_learn else "no"
    return {"repository": asked, "may_learn": may_learn, "licence": stated.licence}
