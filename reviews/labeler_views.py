"""Pages of the labelers: what each is worth, how much it counts, and rules that people write."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from curation import panel
from curation.models import Example, LabelerRule, Vote
from curation.panel import RuleRefused
from curation.rules.written import Rule
from curation.top import USUAL
from curation.voting import CURATOR, JUDGE, WHOLE
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from reviews.labeler_numbers import LOOKED_AT, effect_of, numbers_of
from reviews.rule_trial import tried

SHOWN = 10  # examples of a labeler, and examples that a weight would change
TOPS = [(name.lower(), _(name)) for name in ("Security", "Logic", "Performance", "Style", "Other")]
assert {str(slug).capitalize() for slug, _name in TOPS} == USUAL


class WeightForm(forms.Form):
    """How much a labeler counts."""

    percent = forms.IntegerField(
        label=_("Weight, %"),
        min_value=0,
        max_value=200,
        help_text=_("100 is its own word, 0 switches it off; it is asked all the same."),
    )


class RuleForm(forms.Form):
    """One rule."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("What it looks for"), choices=LabelerRule.Kind.choices)
    looks_for = forms.CharField(
        label=_("Words, expression or finding"),
        max_length=2_000,
        strip=False,
        help_text=_(
            "Words: one a line or with commas between, whole words in any case. Pattern: a regular"
            " expression in RE2's syntax. Finding: a tool and the beginning of its rule, such as"
            " ruff PERF, bandit B6 or emend security/."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    place = forms.ChoiceField(
        label=_("Where"),
        choices=LabelerRule.Place.choices,
        required=False,
        help_text=_("Of no matter for a finding."),
    )
    category = forms.ChoiceField(label=_("Then it is about"), choices=TOPS)
    why = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("For whoever amends it.")
    )
    is_on = forms.BooleanField(label=_("It votes"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == LabelerRule.Kind.FINDING:
            given["place"] = ""
        elif not given.get("place"):
            self.add_error("place", gettext("Say where it looks."))
        return given


@login_required
@require_GET
@never_cache
def labelers(request: PersonRequest, slug: str) -> HttpResponse:
    """Every labeler with its figures, and the written rules."""
    project = project_for(request.user, slug, Ability.CURATE)
    weights = panel.weights_of(project.pk)
    numbers = numbers_of(project)
    context = {
        "rows": [(each, weights.get(name, WHOLE)) for name, each in numbers.items()],
        "rules": panel.live_rules(project.pk),
        "examples": max((each.examples for each in numbers.values()), default=0),
        "most": LOOKED_AT,
    }
    return _page(request, project, "labelers", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def labeler(request: PersonRequest, slug: str, name: str) -> HttpResponse:
    """One labeler; POST previews another weight, or sets it."""
    project = project_for(request.user, slug, Ability.CURATE)
    numbers = numbers_of(project).get(name)
    if numbers is None:
        raise Http404(f"No labeler {name}")
    weights = panel.weights_of(project.pk)
    weight = weights.get(name, WHOLE)
    form = WeightForm(request.POST or None, initial={"percent": weight})
    context: dict[str, Any] = {"numbers": numbers, "weight": weight, "form": form}
    status = 200
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif "save" in request.POST:
            percent = form.cleaned_data["percent"]
            panel.weigh(project, name, percent, request.user, clock.now())
            messages.success(request, gettext("It holds for what is labelled from now on."))
            return redirect("reviews:labelers", slug)
        else:
            draft = weights | {name: form.cleaned_data["percent"]}
            looked_at, changed = effect_of(project, weights, draft)
            context |= {"looked_at": looked_at, "changed": changed[:SHOWN], "n": len(changed)}
    context["examples"] = _decided(project, name)
    return _page(request, project, "labeler", context, status)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def rule(request: PersonRequest, slug: str, number: int | None = None) -> HttpResponse:
    """A new rule, or a new version of one; POST tries it, or keeps it."""
    project = project_for(request.user, slug, Ability.CURATE)
    versions = panel.versions_of(project, number) if number else []
    if number and not versions:
        raise Http404(f"No rule {number}")
    form = RuleForm(request.POST or None, initial=_told(versions[0]) if versions else None)
    context: dict[str, Any] = {"form": form, "versions": versions, "number": number}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if "save" in request.POST:
                    told = form.cleaned_data
                    panel.write(project, told, request.user, clock.now(), number=number)
                    messages.success(request, gettext("It votes on what arrives from now on."))
                    return redirect("reviews:labelers", slug)
                draft = _checked(form)
                with panel.told_to_a_person():
                    context["trial"] = tried(project, draft)
                status = 200
            except RuleRefused as error:
                form.add_error("looks_for", str(error))
    return _page(request, project, "labeler_rule", context, status)


def _checked(form: RuleForm) -> Rule:
    """The rule in the form, as it would vote. Raises RuleRefused."""
    told = form.cleaned_data
    draft = Rule(0, told["name"], told["kind"], told["looks_for"], told["place"], told["category"])
    panel.refuse_bad(draft)
    return draft


def _told(row: LabelerRule) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RuleForm.base_fields}


def _decided(project: Project, name: str) -> list[tuple[Example, str, str]]:
    """Decided examples that a labeler spoke on, the newest: what it said, and its reason.

    Only decided ones: who opens the page may be about to review the others.
    """
    if name in (JUDGE, CURATOR):
        return []
    states = (Example.State.ACCEPTED, Example.State.REJECTED)
    spoke = Example.objects.filter(
        project=project,
        state__in=states,
        votes__labeler=name,
        votes__category__isnull=False,
    )
    newest = list(spoke.select_related("category").order_by("-id").distinct()[:SHOWN])
    votes = Vote.objects.filter(example__in=newest, labeler=name).select_related("category")
    last = {vote.example_id: vote for vote in votes.order_by("version")}
    return [
        (example, vote.category.title, vote.reason)
        for example in newest
        if (vote := last[example.pk]).category
    ]


def _page(
    request: PersonRequest, project: Project, name: str, told: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"project": project, "place": "review", "page": "labelers"} | told
    return render(request, f"reviews/{name}.html", context, status=status)
