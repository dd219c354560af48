"""What PostgreSQL refuses, whatever code asks: going live without two signatures that may."""

import pytest
from django.db import IntegrityError, transaction

from deployments.models import LiveChange, Promotion, SignOff
from deployments.promotion import sign_off
from deployments.registry import amend
from governance.models import Membership, Role
from lib.clock import now
from tests.builders import make_curator, make_lead, make_project
from tests.deployments_builders import a_manifest, approve, make_promotion, make_version, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def promotion():
    return make_promotion(make_project())


def go(promotion):
    rows = Promotion.objects.filter(pk=promotion.pk)
    return rows.update(state="promoted", closed_at=now())


def refuses(call, constraint):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        call()
    assert refused.value.__cause__.diag.constraint_name == constraint


def sign_by_hand(promotion, by, **changes):
    """A signature that no verb looked at."""
    row = {"proposed_by": promotion.proposed_by, "answer": "approved", "method": "password"}
    row |= {"subject_digest": shown(promotion), "at": now()}
    return SignOff.objects.create(promotion=promotion, by=by, **row | changes)


def test_two_approvals_of_one_subject_are_enough(promotion):
    approve(promotion), approve(promotion)
    assert go(promotion) == 1


@pytest.mark.parametrize("approvals", [0, 1])
def test_fewer_are_not(promotion, approvals):
    for _ in range(approvals):
        approve(promotion)
    refuses(lambda: go(promotion), "promotion_two_approvals")


def test_two_approvals_of_different_subjects_are_not(promotion):
    approve(promotion)
    amend(promotion.model_version, a_manifest(), make_curator(promotion.project), now())
    sign_by_hand(promotion, make_lead(promotion.project))
    refuses(lambda: go(promotion), "promotion_two_approvals")


def test_one_person_counts_once(promotion):
    lead = approve(promotion).by
    refuses(lambda: sign_by_hand(promotion, lead), "sign_off_answer_once")
    refuses(lambda: go(promotion), "promotion_two_approvals")


def test_a_rejection_holds_against_any_number(promotion):
    approve(promotion), approve(promotion)
    sign_by_hand(promotion, make_lead(promotion.project), answer="rejected", reason="no")
    refuses(lambda: go(promotion), "promotion_two_approvals")


def test_who_registered_or_amended_it_does_not_count():
    project = make_project()
    registrar, amender = make_lead(project), make_lead(project)
    version = make_version(project, by=registrar)
    promotion = make_promotion(version=version)
    amend(version, a_manifest(), amender, now())
    for person in (registrar, amender):
        sign_by_hand(promotion, person)
    approve_by_hand = sign_by_hand(promotion, make_lead(project))
    assert approve_by_hand.pk
    refuses(lambda: go(promotion), "promotion_two_approvals")


def test_who_does_not_lead_governance_now_does_not_count(promotion):
    approve(promotion)
    gone = approve(promotion).by
    Membership.objects.filter(user=gone).update(role=Role.CURATOR)
    refuses(lambda: go(promotion), "promotion_two_approvals")


def test_nothing_is_promoted_from_the_start(promotion):
    row = {"model_version": promotion.model_version, "endpoint": promotion.endpoint, "why": "x"}
    row |= {"project": promotion.project, "proposed_by": promotion.proposed_by}
    times = {"proposed_at": now(), "closed_at": now()}
    refuses(
        lambda: Promotion.objects.create(state="promoted", **row, **times),
        "promotion_two_approvals",
    )


def test_nothing_goes_live_that_was_not_promoted(promotion):
    other = make_promotion(promotion.project)

    def live(version):
        return LiveChange.objects.create(
            endpoint=promotion.endpoint,
            kind="promoted",
            model_version=version,
            digest=version.digest,
            promotion=promotion,
            by=promotion.proposed_by,
        )

    refuses(lambda: live(promotion.model_version), "live_change_was_promoted")
    approve(promotion), approve(promotion)
    go(promotion)
    refuses(lambda: live(other.model_version), "live_change_was_promoted")
    assert live(promotion.model_version).pk


def test_a_proof_signs_once(promotion):
    lead, other = make_lead(promotion.project), make_promotion(promotion.project)
    how = {"method": "webauthn", "proof": "webauthn@1"}
    sign_off(promotion, lead, "approved", shown(promotion), now(), **how)
    refuses(lambda: sign_by_hand(other, lead, proof="webauthn@1"), "sign_off_proof_once")
    assert sign_by_hand(other, make_lead(promotion.project), proof="webauthn@1")
