"""What a project masks: its own patterns, tried before they are saved, and how much was masked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback import masks, patterns
from feedback.models import MaskingPattern
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock

DAYS = 30


class PatternForm(forms.Form):
    """A pattern to try or to save."""

    name = forms.RegexField(
        label=_("Name"),
        regex=r"^[a-z][a-z0-9_]{1,39}$",
        help_text=_("Small letters, digits and _. It stands in the placeholder."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "invalid": _("Begin with a small letter; small letters, digits and _ may follow.")
        },
    )
    expression = forms.CharField(
        label=_("Regular expression"),
        max_length=500,
        strip=False,
        help_text=_("In RE2's syntax. With a group, only the group is masked."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sample = forms.CharField(
        label=_("Text to try it on"),
        max_length=5000,
        required=False,
        strip=False,
        help_text=_("It is not kept."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def masking(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; POST tries a pattern, or saves it."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    form = PatternForm(request.POST or None)
    if request.method == "GET":
        return _page(request, project, PatternForm())
    if not form.is_valid():
        return _page(request, project, form, status=422)
    name, expression, sample = (form.cleaned_data[each] for each in form.fields)
    try:
        if "save" not in request.POST:
            tried = patterns.tried(name, expression, sample)
            return _page(request, project, form, tried=tried)
        patterns.save(project, name, expression, request.user, clock.now())
    except patterns.PatternRefused as refused:
        form.add_error("expression", str(refused))
        return _page(request, project, form, status=422)
    said = gettext("“{name}” masks from now on, everywhere within ten seconds.")
    messages.success(request, said.format(name=name))
    return redirect("feedback:masking", slug)


@login_required
@require_POST
def end_pattern(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Mask by a pattern no longer."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    pattern = get_object_or_404(MaskingPattern, project=project, pk=pk)
    patterns.end(pattern, request.user, clock.now())
    said = gettext("“{name}” has ended. What it masked stays masked.")
    messages.success(request, said.format(name=pattern.name))
    return redirect("feedback:masking", slug)


def _page(
    request: PersonRequest, project: Project, form: PatternForm, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        "project": project,
        "place": "settings",
        "form": form,
        "patterns": patterns.patterns_of(project),
        "counted": masks.counted(project, clock.now() - timedelta(days=DAYS)),
        "days": DAYS,
    }
    return render(request, "feedback/masking.html", context | extra, status=status)
