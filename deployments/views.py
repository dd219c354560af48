"""Pages of models and endpoints: what there is, what is live, and the way back."""

from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curation.recalls import recalled_in
from deployments.endpoints import LiveMoved, NothingBefore, roll_back
from deployments.forms import EvaluationForm, ManifestForm, ProposeForm, RollBackForm
from deployments.listing import Measured, compared, endpoints_of, measured, state_of, versions_of
from deployments.manifests import BadManifest, Problem
from deployments.models import Endpoint, Manifest, ModelVersion, Promotion
from deployments.promotion import PromotionError, propose
from deployments.registry import (
    AlreadyRegistered,
    ManifestUnchanged,
    NotWhatWasEvaluated,
    amend,
    attach_evaluation,
    register,
)
from deployments.reports import BadReport
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.pages import BadCursor, page_of

PAGE = 50
FIGURES = 4  # of a version in the list
EXAMPLE = """{
  "name": "ember-7b",
  "base_model": "ember-7b-base",
  "artifacts": [
    {"path": "adapter/weights.safetensors", "sha256": "", "bytes": 0}
  ],
  "dataset_version": null,
  "settings": {"chat_template": "ember-chat-2"},
  "notes": ""
}
"""


@login_required
@require_GET
def models(request: HttpRequest, slug: str) -> HttpResponse:
    """What is live, what waits for a signature, and every model version."""
    project = project_for(request.user, slug, Ability.SEE)
    return _models(request, project)


def _models(request: HttpRequest, project: Project, says: str = "") -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(versions_of(project), ["-id"], PAGE, after=after, before=before)
    except BadCursor:
        return redirect("deployments:models", project.slug)
    waiting = Promotion.objects.filter(project=project, state=Promotion.State.PROPOSED)
    context = {
        "project": project,
        "place": "models",
        "says": says,
        "page": page,
        "rows": [(each, state_of(each), *_figures(each)) for each in page.rows],
        "cards": endpoints_of(project),
        "waiting": waiting.select_related("model_version", "endpoint", "proposed_by"),
    }
    return render(request, "deployments/models.html", context, status=409 if says else 200)


def _figures(version: ModelVersion) -> tuple[list[Measured], int]:
    """The first figures of a version, enough to tell versions apart, and how many more it has."""
    found = measured(version.evaluations.all(), version.digest)
    return found[:FIGURES], len(found[FIGURES:])


@login_required
@require_GET
def model(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One model version: its manifest, what it was measured at, what became of it."""
    project = project_for(request.user, slug, Ability.SEE)
    return _model(request, project, get_object_or_404(versions_of(project), pk=pk))


def _model(
    request: HttpRequest, project: Project, version: ModelVersion, **extra: Any
) -> HttpResponse:
    manifests = version.manifests.select_related("by").order_by("-id")
    found = measured(version.evaluations.all(), version.digest)
    context = {
        "project": project,
        "place": "models",
        "version": version,
        "state": state_of(version),
        "manifests": manifests,
        "manifest": orjson.loads(bytes(manifests[0].body)),
        "measured": found,
        "recalled": recalled_in(version.dataset_version),
        "outdated": version.evaluations.exclude(manifest_digest=version.digest),
        "plot": compared(str(version), found),
        "promotions": version.promotions.all(),
        "endpoints": Endpoint.objects.filter(project=project).order_by("name"),
        "evaluation_form": EvaluationForm(initial={"manifest": version.digest}),
        "propose_form": ProposeForm(),
    }
    status = 422 if extra else 200
    return render(request, "deployments/model.html", context | extra, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def register_model(request: PersonRequest, slug: str) -> HttpResponse:
    """Register a model version from its manifest."""
    project = project_for(request.user, slug, Ability.REGISTER)
    if request.method == "GET":
        return _manifest_page(request, project, ManifestForm(initial={"text": EXAMPLE}))
    form = ManifestForm(request.POST, request.FILES)
    if form.is_valid():
        value = form.cleaned_data["value"]
        name = value.get("name") if isinstance(value, dict) else None
        try:
            version = register(project, name or "", value, request.user, clock.now())
        except (BadManifest, AlreadyRegistered) as error:
            form.refuse(_problems(error))
        else:
            messages.success(
                request,
                gettext("{version} is registered. Nothing is live because of it.").format(
                    version=version
                ),
            )
            return redirect("deployments:model", slug, version.pk)
    return _manifest_page(request, project, form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def amend_model(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Put another manifest in place of the one in force."""
    project = project_for(request.user, slug, Ability.REGISTER)
    version = get_object_or_404(ModelVersion, project=project, pk=pk)
    if request.method == "GET":
        return _manifest_page(request, project, ManifestForm(initial=_typed(version)), version)
    form = ManifestForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            amend(version, form.cleaned_data["value"], request.user, clock.now())
        except (BadManifest, AlreadyRegistered, ManifestUnchanged) as error:
            form.refuse(_problems(error))
        else:
            messages.success(
                request,
                gettext("{version} has another manifest. Approvals of it are void.").format(
                    version=version
                ),
            )
            return redirect("deployments:model", slug, pk)
    return _manifest_page(request, project, form, version, status=422)


def _problems(error: Exception) -> list[Problem]:
    return getattr(error, "problems", None) or [Problem("", str(error))]


def _typed(version: ModelVersion) -> dict[str, str]:
    """The manifest in force as a person would type it."""
    body = Manifest.objects.filter(model_version=version).latest("id").body
    return {"text": orjson.dumps(orjson.loads(bytes(body)), option=orjson.OPT_INDENT_2).decode()}


def _manifest_page(
    request: HttpRequest,
    project: Project,
    form: ManifestForm,
    version: ModelVersion | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"project": project, "place": "models", "form": form, "version": version}
    return render(request, "deployments/manifest.html", context, status=status)


@login_required
@require_POST
def evaluate(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Attach an evaluation report."""
    project = project_for(request.user, slug, Ability.REGISTER)
    version = get_object_or_404(versions_of(project), pk=pk)
    form = EvaluationForm(request.POST, request.FILES)
    if form.is_valid():
        suite, report = form.cleaned_data["suite"], form.cleaned_data["value"]
        what = form.cleaned_data["manifest"]
        try:
            attach_evaluation(
                version, suite, report, request.user, clock.now(), manifest_digest=what
            )
        except (BadReport, NotWhatWasEvaluated) as error:
            form.refuse(_problems(error))
        else:
            messages.success(
                request,
                gettext("{suite} is attached. Approvals given before are void.").format(
                    suite=suite
                ),
            )
            return redirect("deployments:model", slug, pk)
    return _model(request, project, version, evaluation_form=form)


@login_required
@require_POST
def propose_model(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Propose to make a model version live."""
    project = project_for(request.user, slug, Ability.REGISTER)
    version = get_object_or_404(versions_of(project), pk=pk)
    form = ProposeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = propose(version, said["endpoint"], said["why"], request.user, clock.now())
        except PromotionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("deployments:promotion", slug, made.pk)
    return _model(request, project, version, propose_form=form)


@login_required
@require_POST
def roll_back_one(request: PersonRequest, slug: str, name: str) -> HttpResponse:
    """Go back to what was live before: one person, one click."""
    project = project_for(request.user, slug, Ability.ROLL_BACK)
    endpoint = get_object_or_404(Endpoint, project=project, name=name)
    form = RollBackForm(request.POST)
    if not form.is_valid():
        return _models(request, project, says=gettext("The page was damaged. Nothing was changed."))
    seen, reason = form.cleaned_data["seen"], form.cleaned_data["reason"]
    try:
        change = roll_back(endpoint, request.user, reason, clock.now(), seen=seen)
    except (LiveMoved, NothingBefore) as error:
        return _models(request, project, says=str(error))
    messages.success(
        request,
        gettext("{endpoint} answers with {model_version} again.").format(
            endpoint=endpoint, model_version=change.model_version
        ),
    )
    return redirect("deployments:models", slug)
