"""Erasing from the browser: what would go, the second step that confirms, and the receipt."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from config.erasure import retention
from config.erasure.erasing import Busy, NothingFound, erase
from config.erasure.plan import in_words, plan_of
from config.erasure.requests import OneGeneration, Subject, names_of
from governance.access import Ability, project_for
from governance.models import Erasure, Project
from governance.requests import PersonRequest
from lib import clock
from lib.pages import BadCursor, page_of

PAGE = 20
KINDS = (Erasure.Kind.SUBJECT, Erasure.Kind.GENERATION)


class AskForm(forms.Form):
    """Whose feedback, or which generation."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What to erase"),
        choices=[(kind, kind.label) for kind in KINDS],
        widget=forms.RadioSelect,
        initial=Erasure.Kind.SUBJECT,
    )
    name = forms.CharField(
        label=gettext_lazy("Name or id"),
        max_length=200,
        help_text=gettext_lazy("As clients call the person, or the generation's id."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def asked(self) -> Subject | OneGeneration:
        """The request."""
        kind, name = self.cleaned_data["kind"], self.cleaned_data["name"]
        return Subject(name) if kind == Erasure.Kind.SUBJECT else OneGeneration(name)


class ConfirmForm(AskForm):
    """The same, once more and by hand."""

    kind = forms.ChoiceField(choices=AskForm.base_fields["kind"].choices, widget=forms.HiddenInput)  # type: ignore[attr-defined]  # a ChoiceField
    name = forms.CharField(max_length=200, widget=forms.HiddenInput)
    again = forms.CharField(
        label=gettext_lazy("Type the name or id once more"),
        max_length=200,
        help_text=gettext_lazy("This cannot be undone."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Stays on the receipt and in the ledger: name nobody in it."),
    )

    def clean_again(self) -> str:
        """The same name as before."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("name"):
            raise forms.ValidationError(
                gettext("That is another name than the one above. Nothing was erased.")
            )
        return again


class RetentionForm(forms.Form):
    """How long to keep."""

    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        required=False,
        min_value=1,
        max_value=retention.LONGEST,
        help_text=gettext_lazy("Empty: for good."),
    )


@login_required
@require_GET
@never_cache
def erasures(request: PersonRequest, slug: str) -> HttpResponse:
    """What can be erased, how long things are kept, and the receipts so far."""
    return _page(request, project_for(request.user, slug, Ability.ERASE))


@login_required
@require_POST
@never_cache
def plan(request: PersonRequest, slug: str) -> HttpResponse:
    """The dry run: what would go. It is a POST so that no name stands in an address."""
    project = project_for(request.user, slug, Ability.ERASE)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, project, form=form, status=422)
    return _plan(request, project, form, ConfirmForm(initial=form.cleaned_data))


@login_required
@require_POST
@never_cache
def erase_now(request: PersonRequest, slug: str) -> HttpResponse:
    """The second step; it leads to the receipt."""
    project = project_for(request.user, slug, Ability.ERASE)
    form, asked = ConfirmForm(request.POST), AskForm(request.POST)
    if not asked.is_valid():
        return _page(request, project, form=asked, status=422)
    if not form.is_valid():
        return _plan(request, project, asked, form, status=422)
    try:
        erasure = erase(
            *(project, form.asked(), request.user, clock.now()), form.cleaned_data["reason"]
        )
    except NothingFound:
        asked.add_error("name", gettext("Nothing of it is here any more. Nothing was erased."))
        return _page(request, project, form=asked, status=409)
    except Busy:
        says = gettext("Others kept writing to it. Nothing was erased: try again in a minute.")
        form.add_error(None, says)
        return _plan(request, project, asked, form, status=409)
    messages.success(request, gettext("Erased. This is the receipt."))
    return redirect("erasure", slug, erasure.pk)


@login_required
@require_POST
def retain(request: PersonRequest, slug: str) -> HttpResponse:
    """Change how long feedback is kept."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    form = RetentionForm(request.POST)
    if not form.is_valid():
        return _page(request, project, retention_form=form, status=422)
    try:
        retention.choose(project, form.cleaned_data["days"], request.user, clock.now())
        messages.success(request, gettext("In force. What is past it goes within the hour."))
    except retention.Unchanged:
        messages.info(request, gettext("Nothing was changed: it is so already."))
    return redirect("erasures", slug)


@login_required
@require_GET
def erasure(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One receipt."""
    project = project_for(request.user, slug, Ability.ERASE)
    found = Erasure.objects.filter(project=project).select_related("by")
    one = get_object_or_404(found.annotate(buried=Count("tombstones")), pk=pk)
    context = {
        "project": project,
        "place": "ledger",
        "erasure": one,
        "counted": in_words(one.counts),
        "total": sum(one.counts.values()),
    }
    return render(request, "erasure/receipt.html", context)


def _plan(
    request: HttpRequest, project: Project, asked: AskForm, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    wanted = asked.asked()
    found = plan_of(project, wanted)
    names = names_of(project, wanted.name) if isinstance(wanted, Subject) else []
    context = {
        "project": project,
        "place": "ledger",
        "wanted": wanted,
        "names": [name for name in names if name != wanted.name],
        "plan": found,
        "counted": in_words(found.counts),
        "form": form,
    }
    return render(request, "erasure/plan.html", context, status=status)


def _page(
    request: HttpRequest,
    project: Project,
    form: AskForm | None = None,
    retention_form: RetentionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    held = retention.held(project)
    context: dict[str, Any] = {
        "project": project,
        "place": "ledger",
        "form": form or AskForm(),
        "retention": held,
        "retention_form": retention_form or RetentionForm(initial={"days": held and held.days}),
    }
    receipts = Erasure.objects.filter(project=project).select_related("by")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        context["page"] = page_of(receipts, ["-id"], PAGE, after=after, before=before)
    except BadCursor:
        return redirect("erasures", project.slug)
    context["receipts"] = [(each, sum(each.counts.values())) for each in context["page"].rows]
    return render(request, "erasure/erasures.html", context, status=status)
