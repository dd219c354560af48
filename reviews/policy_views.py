"""The policy of review: how many people look at what, and what else they are served."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from curation import categories
from curation.models import Category
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from reviews import policy, slots
from reviews.models import ReviewRule
from reviews.models.policy import MOST_REVIEWERS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PER_CENT = 10  # a share is stored in thousandths


def share(label: "StrPromise", hint: "StrPromise", most: int = 100) -> forms.DecimalField:
    """A share as people write it, in per cent."""
    return forms.DecimalField(
        label=format_lazy("{label}, %", label=label),
        help_text=hint,
        min_value=0,
        max_value=most,
        decimal_places=1,
    )


class PolicyForm(forms.Form):
    """The whole policy; shares are in per cent here and in thousandths in the row."""

    overlap = forms.IntegerField(
        label=gettext_lazy("People on each item"),
        help_text=gettext_lazy("How many review an item; where they disagree, a curator decides."),
        min_value=1,
        max_value=MOST_REVIEWERS,
    )
    second_share = share(
        gettext_lazy("Sampled for one more"), gettext_lazy("Drawn by a hash of the item's number.")
    )
    random_share = share(
        gettext_lazy("In random order"),
        gettext_lazy("Not by urgency, so that quality is measured unbiased."),
    )
    gold_share = share(
        gettext_lazy("Gold items"),
        gettext_lazy("Of what is served; the reviewer learns the answer after."),
        50,
    )
    again_share = share(
        gettext_lazy("Own past decisions"),
        gettext_lazy("Of what is served; a week later or more."),
        50,
    )

    def shares(self) -> dict[str, int]:
        """As the row holds them."""
        given = self.cleaned_data
        return {
            name: int(given[name] if name == "overlap" else given[name] * PER_CENT)
            for name in policy.SHARES
        }


class RuleForm(forms.Form):
    """What more people have to look at."""

    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=gettext_lazy("Category"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("Any category"),
    )
    path = forms.CharField(
        label=gettext_lazy("Path"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Of the file; * stands for anything: payments/*"),
    )
    reviewers = forms.IntegerField(
        label=gettext_lazy("People"), min_value=2, max_value=MOST_REVIEWERS, initial=2
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = categories.tree(project)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not given.get("category") and not given.get("path"):
            raise forms.ValidationError(gettext("Name a category, a path, or both."))
        return given


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def policy_page(request: PersonRequest, slug: str) -> HttpResponse:
    """What holds now, who changed it last, and the form to change it."""
    project = project_for(request.user, slug, Ability.SET_POLICY)
    if request.method == "GET":
        return _show(request, project)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _show(request, project, form=form, status=422)
    try:
        policy.change(project, request.user, clock.now(), **form.shares())
        messages.success(
            request, gettext("The policy holds from now on; open slots follow in a moment.")
        )
    except policy.Unchanged:
        messages.info(request, gettext("Nothing was changed: the policy says this already."))
    return redirect("reviews:policy", slug)


@login_required
@require_POST
def add_rule(request: PersonRequest, slug: str) -> HttpResponse:
    """One more rule for a category or a path."""
    project = project_for(request.user, slug, Ability.SET_POLICY)
    form = RuleForm(request.POST, project=project)
    if not form.is_valid():
        return _show(request, project, rule_form=form, status=422)
    said = form.cleaned_data
    try:
        policy.add_rule(
            *(project, said["category"], said["path"], said["reviewers"], request.user),
            clock.now(),
        )
    except policy.RuleExists:
        form.add_error(
            None, gettext("There is a rule for this already. Remove it first to change it.")
        )
        return _show(request, project, rule_form=form, status=409)
    messages.success(request, gettext("The rule holds from now on; open slots follow in a moment."))
    return redirect("reviews:policy", slug)


@login_required
@require_POST
def remove_rule(request: PersonRequest, slug: str, rule_id: int) -> HttpResponse:
    """Take a rule back."""
    project = project_for(request.user, slug, Ability.SET_POLICY)
    rules = ReviewRule.objects.select_related("category", "project").filter(project=project)
    policy.remove_rule(get_object_or_404(rules, pk=rule_id), request.user, clock.now())
    messages.success(
        request, gettext("The rule is gone; free slots nobody needs are closed in a moment.")
    )
    return redirect("reviews:policy", slug)


def _show(
    request: PersonRequest,
    project: Project,
    form: PolicyForm | None = None,
    rule_form: RuleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    held = slots.policy_of(project)
    stored = {
        name: held.overlap if name == "overlap" else getattr(held, name) / PER_CENT
        for name in policy.SHARES
    }
    rules = ReviewRule.objects.filter(project=project).select_related("category")
    context = {
        "project": project,
        "place": "review",
        "page": "policy",
        "form": form or PolicyForm(initial=stored),
        "rule_form": rule_form or RuleForm(project=project),
        "rules": rules.order_by("category__position", "path", "id"),
        "held": held,
        "changes": policy.changes(project),
    }
    return render(request, "reviews/policy.html", context, status=status)
