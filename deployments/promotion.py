"""From a proposal to what is live: two people sign exactly the bytes that go live."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext

from deployments import endpoints, registry
from deployments.models import Endpoint, LiveChange, ModelVersion, Promotion, SignOff
from deployments.standing import leads_of, standing_of
from deployments.subjects import evidence_of, subject_of
from governance.credentials import held_back_until
from governance.ledger import record
from governance.models import Project, User
from lib.transitions import MoveRefused, Moves, move
from lib.wording import all_of, inside

State = Promotion.State
Answer = SignOff.Answer

MOVES: Moves = {State.PROPOSED: {State.PROMOTED, State.REJECTED, State.WITHDRAWN}}


class PromotionError(Exception):
    """What was asked cannot be done; nothing was changed. The message is for the person."""


class AlreadyLive(PromotionError):
    """The endpoint answers with exactly this already."""


class AlreadyProposed(PromotionError):
    """There is an open promotion of this model version to this endpoint."""


class NothingEvaluated(PromotionError):
    """No suite has run on the manifest in force."""


class Closed(PromotionError):
    """The promotion was promoted, rejected or withdrawn before."""


class SubjectChanged(PromotionError):
    """What the person was shown is not what the promotion is about now."""


class MayNotSign(PromotionError):
    """The person does not lead governance here, or what they did keeps them from signing."""


class AlreadySigned(PromotionError):
    """The person's approval of this very subject holds already."""


class ProofUsed(PromotionError):
    """What the person proved has signed something else meanwhile."""


class ReasonMissing(PromotionError):
    """A rejection says why."""


class NotYours(PromotionError):
    """Only who proposed it may withdraw it."""


class NotApproved(PromotionError):
    """Something is missing before it may go live."""


@transaction.atomic
def propose(
    version: ModelVersion, endpoint_name: str, why: str, by: User, now: datetime
) -> Promotion:
    """Propose to make `version` live on the endpoint, which is opened where it is new.

    Raises NothingEvaluated, AlreadyLive and AlreadyProposed.
    """
    endpoint, _ = Endpoint.objects.get_or_create(project=version.project, name=endpoint_name)
    endpoint, stored = endpoints.locked(endpoint), registry.locked(version)
    _refuse_if_live(endpoint, stored)
    if not evidence_of(stored):
        raise NothingEvaluated(
            gettext(
                "No suite has run on the manifest of {stored}. Attach an evaluation, then"
                " propose it."
            ).format(stored=stored)
        )
    if stored.promotions.filter(endpoint=endpoint, state=State.PROPOSED).exists():
        raise AlreadyProposed(
            gettext("{stored} is proposed for {endpoint} already.").format(
                stored=stored, endpoint=endpoint
            )
        )
    promotion = Promotion.objects.create(
        project=stored.project,
        model_version=stored,
        endpoint=endpoint,
        why=why,
        proposed_by=by,
        proposed_at=now,
    )
    _record(promotion, by, "promotion proposed", now, why=why)
    return promotion


@transaction.atomic
def sign_off(
    promotion: Promotion,
    by: User,
    answer: str,
    shown: str,
    now: datetime,
    *,
    method: str,
    proof: str = "",
    reason: str = "",
) -> SignOff:
    """Sign what the person was shown; one rejection closes the promotion.

    `shown` is the subject digest on their page, `method` how they proved who they are at this
    click, `proof` the name of a proof that signs once. Raises Closed, SubjectChanged, MayNotSign,
    AlreadySigned, ReasonMissing, NothingEvaluated and ProofUsed.
    """
    _hold_roles(promotion.project)
    stored = _locked(promotion)
    _refuse_if_closed(stored)
    _refuse_if_changed(stored, shown)
    _refuse_unless_free_to_sign(stored, by)
    _refuse_if_held_back(by, now)
    _refuse_empty(stored, answer, reason)
    if stored.sign_offs.filter(by=by, answer=answer, subject_digest=shown).exists():
        raise AlreadySigned(gettext("You have signed this already; once is enough."))
    signed = _signed_once(
        SignOff(
            promotion=stored,
            proposed_by=stored.proposed_by,
            by=by,
            answer=answer,
            subject_digest=shown,
            reason=reason.strip(),
            method=method,
            proof=proof,
            at=now,
        )
    )
    if answer == Answer.REJECTED:
        _close(stored, State.REJECTED, now)
    _record(stored, by, f"promotion {answer}", now, method=method, reason=signed.reason)
    return signed


@transaction.atomic
def withdraw(promotion: Promotion, by: User, now: datetime) -> None:
    """Take a proposal back. Raises NotYours and Closed."""
    stored = _locked(promotion)
    if stored.proposed_by_id != by.pk:
        raise NotYours(
            gettext("{proposed_by} proposed it, and only they may withdraw it.").format(
                proposed_by=stored.proposed_by
            )
        )
    _close(stored, State.WITHDRAWN, now)
    _record(stored, by, "promotion withdrawn", now)


@transaction.atomic
def promote(
    promotion: Promotion, by: User, shown: str, now: datetime, *, seen: int | None = None
) -> LiveChange:
    """Make it live, if everything that was true when people signed is true at this moment.

    `shown` is the subject digest on the person's page, `seen` the endpoint's newest change on it
    (0 for none). Raises Closed, LiveMoved, SubjectChanged, MayNotSign, AlreadyLive and
    NotApproved.
    """
    _hold_roles(promotion.project)
    endpoint = endpoints.locked(promotion.endpoint)
    stored = _locked(promotion)
    stored.endpoint = endpoint
    _refuse_if_closed(stored)
    endpoints.refuse_if_moved(endpoint, seen)
    _refuse_if_changed(stored, shown)
    _refuse_unless_lead(stored, by)
    _refuse_if_live(endpoint, stored.model_version)
    standing = standing_of(stored)
    if standing.missing:
        raise NotApproved(
            gettext("Not yet: {missing} Nothing went live.").format(
                missing=" ".join(standing.missing)
            )
        )
    _close(stored, State.PROMOTED, now)
    people = sorted(approval.by.username for approval in standing.approvals)
    _record(stored, by, "promotion completed", now, approved_by=people)
    version = stored.model_version
    return endpoints.go_live(
        endpoint, version, version.digest, LiveChange.Kind.PROMOTED, by, now, promotion=stored
    )


def _signed_once(signed: SignOff) -> SignOff:
    """Store it. One proof may be at two promotions at once: PostgreSQL says which one has it."""
    try:
        with transaction.atomic():
            signed.save(force_insert=True)
    except IntegrityError as error:
        if "sign_off_proof_once" not in str(error):
            raise
        raise ProofUsed(
            gettext("That proof has signed already. Nothing was signed; prove it again.")
        ) from None
    return signed


def _locked(promotion: Promotion) -> Promotion:
    """The promotion and its model version as they are now, held still.

    The version first, as everywhere: amending holds it too, and so cannot pass in between.
    """
    version = registry.locked(promotion.model_version)
    rows = Promotion.objects.select_for_update(no_key=True, of=("self",))
    stored = rows.select_related("project", "endpoint", "proposed_by").get(pk=promotion.pk)
    stored.model_version = version
    return stored


def _hold_roles(project: Project) -> None:
    """Nobody loses a role between the check and what follows from it.

    Roles change under their project's lock (`governance.members`). It comes before every other
    lock here, as it does where manifests are amended, so that nobody waits in a circle.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _refuse_if_closed(promotion: Promotion) -> None:
    if promotion.state != State.PROPOSED:
        raise Closed(
            gettext("This promotion is closed: {state}.").format(
                state=inside(promotion.get_state_display())
            )
        )


def _refuse_if_changed(promotion: Promotion, shown: str) -> None:
    if subject_of(promotion).digest != shown:
        raise SubjectChanged(
            gettext(
                "The manifest or its evaluations changed after you opened this page."
                " Nothing was done. Read what it is now, then decide again."
            )
        )


def _refuse_unless_lead(promotion: Promotion, by: User) -> None:
    if not leads_of(promotion.project).filter(user=by).exists():
        raise MayNotSign(
            gettext("You are not a governance lead of {name}.").format(name=promotion.project.name)
        )


def _refuse_unless_free_to_sign(promotion: Promotion, by: User) -> None:
    _refuse_unless_lead(promotion, by)
    reasons = standing_of(promotion).conflicts.get(by.pk)
    if reasons:
        raise MayNotSign(
            gettext("You {reasons}, so you cannot sign.").format(reasons=all_of(reasons))
        )


def _refuse_if_held_back(by: User, now: datetime) -> None:
    until = held_back_until(by, now)
    if until is not None:
        raise MayNotSign(
            gettext(
                "A site admin changed how you prove who you are. You can sign from {when} UTC on,"
                " so that you would notice if you did not ask for it."
            ).format(when=date_format(until, "DATETIME_FORMAT"))
        )


def _refuse_empty(promotion: Promotion, answer: str, reason: str) -> None:
    if answer == Answer.REJECTED and not reason.strip():
        raise ReasonMissing(gettext("Say why you reject it. Nothing was signed."))
    if answer == Answer.APPROVED and not evidence_of(promotion.model_version):
        raise NothingEvaluated(gettext("No suite has run on this manifest. Nothing was signed."))


def _refuse_if_live(endpoint: Endpoint, version: ModelVersion) -> None:
    if (endpoint.live_id, endpoint.live_digest) == (version.pk, version.digest):
        raise AlreadyLive(
            gettext("{endpoint} answers with {version} already.").format(
                endpoint=endpoint, version=version
            )
        )


def _close(promotion: Promotion, to: State, now: datetime) -> None:
    try:
        move(promotion, to, MOVES, closed_at=now)
    except MoveRefused as error:
        promotion.refresh_from_db(fields=["state"])
        raise Closed(
            gettext("This promotion is closed: {state}.").format(
                state=inside(promotion.get_state_display())
            )
        ) from error


def _record(promotion: Promotion, by: User, action: str, now: datetime, **details: object) -> None:
    record(
        promotion.project,
        by,
        action,
        str(promotion),
        now,
        subject_digest=subject_of(promotion).digest,
        manifest=promotion.model_version.digest,
        promotion=promotion.pk,
        **details,
    )
