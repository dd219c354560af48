"""Which signatures under a promotion hold at this moment, and what is still missing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from deployments.conflicts import conflicts_of
from deployments.models import Promotion, SignOff
from deployments.subjects import evidence_of, subject_of
from governance.models import Membership, Project, Role, User

APPROVALS_NEEDED = 2
SIGNED_SHUT = (Promotion.State.PROMOTED, Promotion.State.REJECTED)


@dataclass(frozen=True)
class Signature:
    """A sign-off and, where it no longer holds, why."""

    sign_off: SignOff
    void: str

    @property
    def approves(self) -> bool:
        """Whether it counts towards the approvals a promotion needs."""
        return self.sign_off.answer == SignOff.Answer.APPROVED and not self.void


@dataclass(frozen=True)
class Standing:
    """Where a promotion stands: what is signed, by whom, who may not, and what is missing."""

    subject_digest: str
    signatures: list[Signature]
    conflicts: Mapping[int, list[str]]
    missing: list[str]

    @property
    def approvals(self) -> list[SignOff]:
        """The approvals that hold."""
        return [signature.sign_off for signature in self.signatures if signature.approves]

    def signed_by(self, user: User) -> bool:
        """Whether the person's approval is among those that hold."""
        return any(sign_off.by_id == user.pk for sign_off in self.approvals)


def why_void(
    by: int,
    signed: str,
    at: datetime,
    *,
    subject: str,
    amended_at: datetime,
    leads: Collection[int],
    conflicts: Mapping[int, list[str]],
) -> str:
    """Why a signature no longer holds; empty where it does."""
    if signed != subject:
        return (
            gettext("the manifest changed")
            if at <= amended_at
            else gettext("the evaluations changed")
        )
    if by not in leads:
        return gettext("no longer a governance lead")
    if by in conflicts:
        return conflicts[by][0]
    return ""


def missing(approvers: Collection[int], evaluations: int) -> list[str]:
    """What still keeps a promotion from going live, as sentences."""
    found = []
    if not evaluations:
        found.append(gettext("No suite has run on this manifest. Attach an evaluation."))
    wanted = APPROVALS_NEEDED - len(set(approvers))
    if wanted > 0:
        found.append(ngettext("{n} more approval.", "{n} more approvals.", wanted).format(n=wanted))
    return found


def standing_of(promotion: Promotion) -> Standing:
    """The standing now, or when the promotion closed. Hold the roles and the model version first
    to act on it.
    """
    signed = list(promotion.sign_offs.select_related("by").order_by("id"))
    conflicts = conflicts_of(promotion)
    if promotion.state in SIGNED_SHUT and signed:  # the last signature was about what it was then
        subject, leads, kept = signed[-1].subject_digest, {each.by_id for each in signed}, {}
    else:
        subject, kept = subject_of(promotion).digest, conflicts
        leads = set(leads_of(promotion.project).values_list("user", flat=True))
    holds = partial(
        why_void, subject=subject, amended_at=_amended_at(promotion), leads=leads, conflicts=kept
    )
    signatures = [
        Signature(each, holds(each.by_id, each.subject_digest, each.at)) for each in signed
    ]
    approvers = {signature.sign_off.by_id for signature in signatures if signature.approves}
    return Standing(
        subject_digest=subject,
        signatures=signatures,
        conflicts=conflicts,
        missing=missing(approvers, len(list(evidence_of(promotion.model_version)))),
    )


def _amended_at(promotion: Promotion) -> datetime:
    manifests = promotion.model_version.manifests.order_by("-id")
    if promotion.closed_at is not None:
        manifests = manifests.filter(at__lte=promotion.closed_at)
    return manifests.values_list("at", flat=True)[0]


def leads_of(project: Project) -> QuerySet[Membership]:
    """The memberships of those who may sign in the project now."""
    return Membership.objects.filter(
        project=project, role=Role.GOVERNANCE_LEAD, user__is_active=True
    )
