import pytest
from django.db import IntegrityError, transaction

from deployments.models import Endpoint, LiveChange, Promotion, SignOff
from deployments.promotion import (
    AlreadyLive,
    AlreadyProposed,
    AlreadySigned,
    Closed,
    MayNotSign,
    NotApproved,
    NothingEvaluated,
    NotYours,
    ReasonMissing,
    SubjectChanged,
    promote,
    propose,
    sign_off,
    withdraw,
)
from deployments.registry import amend, attach_evaluation
from deployments.standing import standing_of
from governance.credentials import HELD_BACK, hold_back
from governance.models import LedgerEntry, Membership, Role
from lib.clock import now
from tests.builders import make_curator, make_lead, make_person, make_project
from tests.deployments_builders import (
    REPORT,
    a_manifest,
    approve,
    make_live,
    make_promotion,
    make_version,
    shown,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def promotion(project):
    return make_promotion(project)


def sign(promotion, by, answer="approved", subject=None, **more):
    return sign_off(
        promotion, by, answer, subject or shown(promotion), now(), method="password", **more
    )


def test_who_was_given_another_way_to_log_in_cannot_sign_for_a_while(project, promotion):
    lead = make_lead(project)
    hold_back(lead, now() - HELD_BACK, [])
    other = make_lead(project)
    hold_back(other, now(), [])
    sign(promotion, lead)
    with pytest.raises(MayNotSign, match="A site admin changed"):
        sign(promotion, other)
    assert SignOff.objects.count() == 1


def go(promotion, by):
    return promote(promotion, by, shown(promotion), now())


def signed_by_two(promotion):
    return [approve(promotion).by for _ in range(2)]


def voids(promotion):
    promotion.refresh_from_db()
    return [signature.void for signature in standing_of(promotion).signatures]


def test_a_proposal_opens_the_endpoint_and_is_recorded(project):
    version, curator = make_version(project), make_curator(project)
    promotion = propose(version, "complete", "fewer open files", curator, now())
    assert promotion.state == "proposed"
    assert Endpoint.objects.get(project=project).live is None
    entry = LedgerEntry.objects.get(action="promotion proposed")
    assert entry.subject_digest == shown(promotion)


def test_what_nobody_evaluated_cannot_be_proposed(project):
    with pytest.raises(NothingEvaluated):
        make_promotion(version=make_version(project, evaluated=False))
    assert not Promotion.objects.exists()


def test_the_same_proposal_twice_is_one(promotion):
    with pytest.raises(AlreadyProposed):
        make_promotion(version=promotion.model_version)


def test_what_is_live_need_not_be_proposed(project):
    endpoint = make_live(project=project)
    with pytest.raises(AlreadyLive):
        make_promotion(version=endpoint.live)


def test_two_approvals_and_a_click_make_it_live(promotion):
    first, second = signed_by_two(promotion)
    change = go(promotion, second)
    promotion.refresh_from_db()
    endpoint = promotion.endpoint
    assert promotion.state == "promoted"
    assert (endpoint.live, endpoint.live_digest) == (
        promotion.model_version,
        promotion.model_version.digest,
    )
    assert (change.kind, change.promotion, change.by) == ("promoted", promotion, second)
    assert {"promotion completed", "model version promoted", "promotion approved"} <= set(
        LedgerEntry.objects.values_list("action", flat=True)
    )
    assert SignOff.objects.filter(by=first).get().method == "password"


def test_one_approval_is_not_enough(promotion):
    lead = approve(promotion).by
    with pytest.raises(NotApproved, match="1 more approval"):
        go(promotion, lead)
    assert not LiveChange.objects.exists()


def test_one_person_signs_once(promotion):
    lead = approve(promotion).by
    with pytest.raises(AlreadySigned):
        sign(promotion, lead)
    assert SignOff.objects.count() == 1


def test_the_proposer_may_not_sign(project):
    lead = make_lead(project)
    promotion = make_promotion(project, by=lead)
    with pytest.raises(MayNotSign, match="You proposed it, so you cannot sign"):
        sign(promotion, lead)
    assert not SignOff.objects.exists()


def test_postgresql_refuses_the_proposers_signature_too(project):
    lead = make_lead(project)
    promotion = make_promotion(project, by=lead)
    for named in (lead, make_lead(project)):  # their own name, and somebody else's
        forged = SignOff(
            promotion=promotion,
            proposed_by=named,
            by=lead,
            answer="approved",
            subject_digest="a" * 64,
            method="password",
            at=now(),
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            forged.save()


def test_who_registered_it_may_not_sign(project):
    lead = make_lead(project)
    promotion = make_promotion(version=make_version(project, by=lead))
    with pytest.raises(MayNotSign, match="You registered it"):
        sign(promotion, lead)


def test_who_amended_it_may_not_sign(promotion):
    lead = make_lead(promotion.project)
    amend(promotion.model_version, a_manifest(), lead, now())
    attach_evaluation(promotion.model_version, "s", REPORT, lead, now())
    with pytest.raises(MayNotSign, match="You amended its manifest"):
        sign(promotion, lead)


@pytest.mark.parametrize("role", [Role.CURATOR, Role.PROJECT_ADMIN, Role.REVIEWER])
def test_only_governance_leads_sign(promotion, role):
    with pytest.raises(MayNotSign, match="not a governance lead"):
        sign(promotion, make_person(promotion.project, role))


def test_a_lead_of_another_project_or_a_superuser_does_not_sign(promotion):
    for person in (make_lead(make_project()), make_person(is_superuser=True, is_staff=True)):
        with pytest.raises(MayNotSign):
            sign(promotion, person)


def test_who_is_no_longer_active_does_not_sign(promotion):
    lead = make_lead(promotion.project)
    lead.is_active = False
    lead.save()
    with pytest.raises(MayNotSign):
        sign(promotion, lead)


def test_what_changed_since_the_page_was_opened_is_not_signed(promotion):
    lead, subject = make_lead(promotion.project), shown(promotion)
    amend(promotion.model_version, a_manifest(), make_curator(promotion.project), now())
    with pytest.raises(SubjectChanged, match="Nothing was done"):
        sign(promotion, lead, subject=subject)
    assert not SignOff.objects.exists()


def test_amending_the_manifest_voids_every_approval(promotion):
    leads = signed_by_two(promotion)
    curator = make_curator(promotion.project)
    amend(promotion.model_version, a_manifest(), curator, now())
    assert voids(promotion) == ["the manifest changed"] * 2
    with pytest.raises(NotApproved, match="2 more approvals"):
        go(promotion, leads[0])
    assert promotion.endpoint.live is None


def test_evidence_about_an_earlier_manifest_is_no_evidence(promotion):
    amend(promotion.model_version, a_manifest(), make_curator(promotion.project), now())
    with pytest.raises(NothingEvaluated, match="Nothing was signed"):
        approve(promotion)
    assert not SignOff.objects.exists()


def test_a_new_evaluation_voids_every_approval(promotion):
    leads = signed_by_two(promotion)
    attach_evaluation(
        promotion.model_version, "probes", REPORT, make_curator(promotion.project), now()
    )
    assert voids(promotion) == ["the evaluations changed"] * 2
    with pytest.raises(NotApproved):
        go(promotion, leads[0])


def test_signing_again_after_the_change_is_possible(promotion):
    leads = signed_by_two(promotion)
    attach_evaluation(
        promotion.model_version, "probes", REPORT, make_curator(promotion.project), now()
    )
    for lead in leads:
        approve(promotion, lead)
    go(promotion, leads[0])
    assert promotion.sign_offs.count() == 4


def test_an_approval_of_someone_who_lost_the_role_does_not_count(promotion):
    stays, goes = signed_by_two(promotion)
    Membership.objects.filter(user=goes).delete()
    assert voids(promotion) == ["", "no longer a governance lead"]
    with pytest.raises(NotApproved, match="1 more approval"):
        go(promotion, stays)


def test_only_a_lead_promotes(promotion):
    signed_by_two(promotion)
    with pytest.raises(MayNotSign):
        go(promotion, make_curator(promotion.project))
    assert not LiveChange.objects.exists()


def test_promoting_what_is_not_on_the_page_is_refused(promotion):
    lead, _ = signed_by_two(promotion)
    with pytest.raises(SubjectChanged):
        promote(promotion, lead, "0" * 64, now())


def test_a_rejection_says_why_and_closes_the_promotion(promotion):
    approver, dissenter = approve(promotion).by, make_lead(promotion.project)
    with pytest.raises(ReasonMissing):
        sign(promotion, dissenter, "rejected", reason="  ")
    sign(promotion, dissenter, "rejected", reason="refusals went up twice")
    promotion.refresh_from_db()
    assert promotion.state == "rejected"
    for late in (lambda: approve(promotion), lambda: go(promotion, approver)):
        with pytest.raises(Closed, match="rejected"):
            late()


def test_who_approved_may_still_reject(promotion):
    lead = approve(promotion).by
    sign(promotion, lead, "rejected", reason="I looked again")
    promotion.refresh_from_db()
    assert promotion.state == "rejected"


def test_the_proposer_withdraws_and_nobody_else(promotion):
    with pytest.raises(NotYours):
        withdraw(promotion, make_lead(promotion.project), now())
    withdraw(promotion, promotion.proposed_by, now())
    promotion.refresh_from_db()
    assert (promotion.state, LedgerEntry.objects.latest("id").action) == (
        "withdrawn",
        "promotion withdrawn",
    )
    with pytest.raises(Closed):
        withdraw(promotion, promotion.proposed_by, now())


def test_promoting_twice_is_promoting_once(promotion):
    lead, _ = signed_by_two(promotion)
    go(promotion, lead)
    with pytest.raises(Closed, match="promoted"):
        go(promotion, lead)
    assert LiveChange.objects.count() == 1
