"""The page of a promotion: what is to go live, the evidence, and the signatures under it."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from curation.recalls import recalled_in
from deployments.endpoints import LiveMoved, newest_change
from deployments.forms import PromoteForm, SignOffForm
from deployments.listing import compared, measured
from deployments.manifests import differences
from deployments.models import LiveChange, Manifest, ModelVersion, Promotion, SignOff
from deployments.promotion import (
    Closed,
    MayNotSign,
    PromotionError,
    SubjectChanged,
    promote,
    sign_off,
    withdraw,
)
from deployments.proof import NotProven, TooManyTries, fresh_proof, other_ways, prove
from deployments.standing import APPROVALS_NEEDED, standing_of
from governance.access import Ability, project_for
from governance.models import Project, User
from governance.requests import PersonRequest
from lib import clock

CONFLICT = (Closed, LiveMoved, SubjectChanged)
Refusal = PromotionError | LiveMoved | NotProven


@login_required
@never_cache
@require_GET
def promotion(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """What is to go live, what is live now, and who agreed."""
    project = project_for(request.user, slug, Ability.SEE)
    return _page(request, project, _of(project, pk))


@login_required
@require_POST
def sign(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Approve or reject, proving at this click who one is."""
    project = project_for(request.user, slug, Ability.SIGN_OFF)
    found, form = _of(project, pk), SignOffForm(request.POST)
    if not form.is_valid():
        return _page(request, project, found, says=_damaged(form), status=422)
    said, by = form.cleaned_data, request.user
    answer, reason = said["answer"], said["reason"]
    try:
        proof = prove(request, said["password"])
        how = {"method": proof.method, "proof": proof.key}
        sign_off(found, by, answer, said["subject"], clock.now(), reason=reason, **how)
    except (PromotionError, NotProven) as error:
        return _refused(request, project, found, error, reason)
    approved = gettext("Your approval is on the record.")
    rejected = gettext("Your rejection is on the record.")
    messages.success(request, approved if answer == SignOff.Answer.APPROVED else rejected)
    return redirect("deployments:promotion", slug, pk)


@login_required
@require_POST
def go_live(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Make it live."""
    project = project_for(request.user, slug, Ability.SIGN_OFF)
    found, form = _of(project, pk), PromoteForm(request.POST)
    if not form.is_valid():
        return _page(request, project, found, says=_damaged(form), status=422)
    subject, seen = form.cleaned_data["subject"], form.cleaned_data["seen"]
    try:
        promote(found, request.user, subject, clock.now(), seen=seen)
    except (PromotionError, LiveMoved) as error:
        return _refused(request, project, found, error)
    messages.success(
        request,
        gettext("{endpoint} answers with {model_version} now.").format(
            endpoint=found.endpoint, model_version=found.model_version
        ),
    )
    return redirect("deployments:promotion", slug, pk)


@login_required
@require_POST
def take_back(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraw one's own proposal."""
    project = project_for(request.user, slug, Ability.REGISTER)
    found = _of(project, pk)
    try:
        withdraw(found, request.user, clock.now())
    except PromotionError as error:
        return _refused(request, project, found, error)
    messages.success(
        request, gettext("The proposal is withdrawn. What was signed stays on the record.")
    )
    return redirect("deployments:promotion", slug, pk)


def _of(project: Project, pk: int) -> Promotion:
    rows = Promotion.objects.select_related(
        "project", "endpoint__live", "model_version__dataset_version", "proposed_by"
    )
    return get_object_or_404(rows, project=project, pk=pk)


def _damaged(form: PromoteForm | SignOffForm) -> str:
    what = "; ".join(
        f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
    )
    return gettext("What was sent is damaged, and nothing was done. {what}").format(what=what)


def _refused(
    request: PersonRequest, project: Project, found: Promotion, error: Refusal, reason: str = ""
) -> HttpResponse:
    status = 422
    if isinstance(error, CONFLICT):
        status = 409
    elif isinstance(error, MayNotSign):
        status = 403
    elif isinstance(error, TooManyTries):
        status = 429
    fresh = _of(project, found.pk)
    return _page(request, project, fresh, says=str(error), reason=reason, status=status)


def _page(
    request: PersonRequest,
    project: Project,
    found: Promotion,
    says: str = "",
    reason: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": project,
        "place": "models",
        "promotion": found,
        "version": found.model_version,
        "recalled": recalled_in(found.model_version.dataset_version),
        "says": says,
        "needed": APPROVALS_NEEDED,
        **_signing(request, found, reason),
        **_evidence(found),
    }
    return render(request, "deployments/promotion.html", context, status=status)


def _signing(request: PersonRequest, found: Promotion, reason: str) -> dict[str, Any]:
    """Where the signatures stand, and what this person may add to them."""
    standing, newest = standing_of(found), newest_change(found.endpoint)
    return {
        "standing": standing,
        "seen": newest.pk if newest else 0,
        "barred": _barred(standing.conflicts),
        "why_not": standing.conflicts.get(request.user.pk, []),
        "signed": standing.signed_by(request.user),
        "form": SignOffForm(initial={"subject": standing.subject_digest, "reason": reason}),
        "proof": fresh_proof(request),
        "ways": other_ways(request),
    }


def _barred(conflicts: Mapping[int, list[str]]) -> list[tuple[User, str]]:
    people = User.objects.in_bulk(list(conflicts))
    return [(people[pk], ", ".join(reasons)) for pk, reasons in conflicts.items()]


def _evidence(found: Promotion) -> dict[str, Any]:
    """What was measured, and how it differs from what is live; of a closed one, what it was."""
    version, endpoint = found.model_version, found.endpoint
    went_live = LiveChange.objects.filter(promotion=found).first()
    digest = went_live.digest if went_live else version.digest
    live = endpoint.live if found.state == Promotion.State.PROPOSED else None
    new = measured(version.evaluations.order_by("id"), digest)
    old = measured(live.evaluations.order_by("id"), endpoint.live_digest) if live else []
    short = gettext("r{revision}, live").format(revision=live.revision) if live else ""
    was = _manifest(live, endpoint.live_digest) if live else {}
    return {
        "digest": digest,
        "live": live,
        "since": _since(went_live) if went_live else None,
        "measured": new,
        "plot": compared(f"r{version.revision}", new, short if old else "", old),
        "differences": differences(was, _manifest(version, digest)),
    }


def _since(went_live: LiveChange) -> LiveChange | None:
    """What took its place, if it is not live any more."""
    later = went_live.endpoint.changes.filter(pk__gt=went_live.pk).order_by("-id")
    newest = later.select_related("model_version", "by").first()
    return newest if newest and newest.digest != went_live.digest else None


def _manifest(version: ModelVersion, digest: str) -> dict[str, Any]:
    rows = Manifest.objects.filter(model_version=version, digest=digest)
    found: dict[str, Any] = orjson.loads(bytes(rows.latest("id").body))
    return found
