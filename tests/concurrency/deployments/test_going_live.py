"""What goes live when several people act at once; each race has a control without its guard."""

import threading

import pytest
from django.db import IntegrityError, connection

from deployments import endpoints, promotion, registry
from deployments.endpoints import LiveMoved, roll_back
from deployments.models import Endpoint, LiveChange, ModelVersion, Promotion, SignOff
from deployments.promotion import (
    Closed,
    NotApproved,
    ProofUsed,
    SubjectChanged,
    promote,
    sign_off,
)
from governance.members import set_roles
from governance.models import LedgerEntry, Membership, Project, Role
from lib.clock import now
from lib.transitions import move
from tests.builders import make_admin, make_curator, make_lead, make_project
from tests.deployments_builders import (
    a_manifest,
    approve,
    make_live,
    make_promotion,
    make_version,
    seen,
    shown,
)
from tests.emptying import may_empty
from tests.race import PATIENCE, Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return make_project()


def ready(project):
    """A promotion that two leads have approved, and those leads."""
    open_one = make_promotion(project)
    return open_one, [approve(open_one).by for _ in range(2)]


def exceptions(results):
    return [type(result) for result in results if isinstance(result, Exception)]


def unlock(monkeypatch):
    """The controls' world: rows are read, and nobody holds them still."""
    monkeypatch.setattr(
        endpoints, "locked", lambda row: Endpoint.objects.select_related("project").get(pk=row.pk)
    )
    monkeypatch.setattr(
        registry,
        "locked",
        lambda row: ModelVersion.objects.select_related("project").get(pk=row.pk),
    )
    rows = Promotion.objects.select_related("project", "endpoint", "model_version")
    monkeypatch.setattr(promotion, "_locked", lambda row: rows.get(pk=row.pk))
    monkeypatch.setattr(promotion, "_hold_roles", lambda project: None)


def meet(monkeypatch, module, name, parties=2):
    """Hold everyone who comes to `name` until all are there: the worst moment, every time."""
    barrier, function = threading.Barrier(parties), getattr(module, name)

    def together_from_here(*args, **kwargs):
        barrier.wait(PATIENCE)
        return function(*args, **kwargs)

    monkeypatch.setattr(module, name, together_from_here)


def promote_by(lead, what):
    subject, looked = shown(what), seen(what.endpoint)
    return lambda: promote(what, lead, subject, now(), seen=looked)


def test_two_leads_promote_at_once_and_it_goes_live_once(project):
    what, leads = ready(project)
    results = together(*(promote_by(lead, what) for lead in leads))
    assert exceptions(results) == [Closed]
    assert LiveChange.objects.count() == 1


def test_control_without_the_locks_and_the_swap_it_goes_live_twice(project, monkeypatch):
    what, leads = ready(project)
    calls = [promote_by(lead, what) for lead in leads]
    unlock(monkeypatch)
    monkeypatch.setattr(
        promotion,
        "move",
        lambda row, to, moves, **changes: type(row).objects.update(state=to, **changes),
    )
    meet(monkeypatch, promotion, "_close")
    assert exceptions(together(*calls)) == []
    assert LiveChange.objects.count() == 2


def test_the_swap_alone_already_refuses_the_second(project, monkeypatch):
    what, leads = ready(project)
    calls = [promote_by(lead, what) for lead in leads]
    unlock(monkeypatch)
    assert promotion.move is move
    meet(monkeypatch, promotion, "_close")
    assert exceptions(together(*calls)) == [Closed]
    assert LiveChange.objects.count() == 1


def two_for_one_endpoint(project):
    pairs = [ready(project), ready(project)]
    return [promote_by(leads[0], what) for what, leads in pairs]


def test_of_two_promotions_to_one_endpoint_the_second_is_told_that_it_moved(project):
    results = together(*two_for_one_endpoint(project))
    assert exceptions(results) == [LiveMoved]
    assert LiveChange.objects.count() == 1


def test_control_without_the_lock_both_replace_what_they_did_not_see(project, monkeypatch):
    calls = two_for_one_endpoint(project)
    unlock(monkeypatch)
    meet(monkeypatch, endpoints, "go_live")
    assert exceptions(together(*calls)) == []
    assert list(LiveChange.objects.values_list("replaced", flat=True)) == [None, None]


def double_click(project):
    endpoint, admin = [make_live(project=project) for _ in range(3)][-1], make_admin(project)
    looked = seen(endpoint)
    return [lambda: roll_back(endpoint, admin, "", now(), seen=looked)] * 2


def test_a_double_click_rolls_back_once(project):
    assert exceptions(together(*double_click(project))) == [LiveMoved]
    assert Endpoint.objects.get().live.revision == 2


def test_control_without_the_lock_a_double_click_is_two_steps_in_the_history(project, monkeypatch):
    calls = double_click(project)
    unlock(monkeypatch)
    meet(monkeypatch, endpoints, "go_live")
    assert exceptions(together(*calls)) == []
    assert LiveChange.objects.filter(kind="rolled_back").count() == 2


def actions():
    return list(LedgerEntry.objects.order_by("id").values_list("action", flat=True))[-3:]


def test_an_amendment_waits_for_a_promotion_that_has_begun(project, monkeypatch):
    what, leads = ready(project)
    signed, curator, gate = what.model_version.digest, make_curator(project), Gate()
    call = promote_by(leads[0], what)
    monkeypatch.setattr(endpoints, "go_live", gate.before(endpoints.go_live))
    promoting = Run(call)
    gate.wait_until_reached()
    amending = Run(registry.amend, what.model_version, a_manifest(), curator, now())
    assert not amending.done_within(0.5)
    gate.open()
    assert exceptions([promoting.result(), amending.result()]) == []
    assert Endpoint.objects.get().live_digest == signed
    assert actions() == ["promotion completed", "model version promoted", "manifest amended"]


def test_control_without_the_lock_it_goes_live_after_its_approvals_were_void(project, monkeypatch):
    what, leads = ready(project)
    curator, gate = make_curator(project), Gate()
    call = promote_by(leads[0], what)
    unlock(monkeypatch)
    monkeypatch.setattr(endpoints, "go_live", gate.before(endpoints.go_live))
    promoting = Run(call)
    gate.wait_until_reached()
    amending = Run(registry.amend, what.model_version, a_manifest(), curator, now())
    assert exceptions([amending.result()]) == []
    gate.open()
    promoting.result()
    assert actions()[-1] == "model version promoted"


@pytest.mark.parametrize("attempt", range(5))
def test_amending_and_promoting_at_once_never_makes_live_what_was_not_signed(project, attempt):
    what, leads = ready(project)
    signed, curator = what.model_version.digest, make_curator(project)
    call = promote_by(leads[0], what)
    results = together(
        call, lambda: registry.amend(what.model_version, a_manifest(), curator, now())
    )
    refused = exceptions(results)
    assert set(refused) <= {SubjectChanged, NotApproved}
    assert Endpoint.objects.get().live_digest == ("" if refused else signed)


def sign_while_amending(project, monkeypatch):
    """Start to sign in the middle of an amendment, which the gate holds."""
    what, lead, curator = make_promotion(project), make_lead(project), make_curator(project)
    subject, gate = shown(what), Gate()
    monkeypatch.setattr(registry, "_keep", gate.before(registry._keep))
    amending = Run(registry.amend, what.model_version, a_manifest(), curator, now())
    gate.wait_until_reached()
    signing = Run(lambda: sign_off(what, lead, "approved", subject, now(), method="password"))
    return amending, signing, gate


def test_signing_waits_for_an_amendment_and_then_signs_nothing(project, monkeypatch):
    amending, signing, gate = sign_while_amending(project, monkeypatch)
    assert not signing.done_within(0.5)
    gate.open()
    assert exceptions([amending.result(), signing.result()]) == [SubjectChanged]
    assert not SignOff.objects.exists()


def test_control_without_the_lock_it_is_signed_though_it_is_being_replaced(project, monkeypatch):
    unlock(monkeypatch)
    amending, signing, gate = sign_while_amending(project, monkeypatch)
    assert exceptions([signing.result()]) == []
    gate.open()
    amending.result()
    assert SignOff.objects.count() == 1


def test_machines_that_register_at_once_get_one_revision_each(project):
    curator = make_curator(project)
    results = together(*[lambda: make_version(project, curator)] * 4)
    assert exceptions(results) == []
    assert sorted(version.revision for version in results) == [1, 2, 3, 4]


def test_control_without_the_lock_they_count_the_same(project, monkeypatch):
    curator = make_curator(project)
    monkeypatch.setattr(registry, "Project", Unlocked)
    meet(monkeypatch, registry, "_refuse_twin")
    results = together(*[lambda: make_version(project, curator, evaluated=False)] * 2)
    assert exceptions(results) == [IntegrityError]


class Unlocked:
    """Project, whose rows nobody locks."""

    class objects:
        @staticmethod
        def select_for_update(**options):
            return Project.objects


def take_the_role_away_while_promoting(project, monkeypatch):
    what, leads = ready(project)
    call, gate = promote_by(leads[0], what), Gate()
    monkeypatch.setattr(endpoints, "go_live", gate.before(endpoints.go_live))
    promoting = Run(call)
    gate.wait_until_reached()
    removing = Run(set_roles, project, leads[1], [], make_admin(project), now())
    return promoting, removing, gate


def test_taking_a_signers_role_away_waits_for_the_promotion(project, monkeypatch):
    promoting, removing, gate = take_the_role_away_while_promoting(project, monkeypatch)
    assert not removing.done_within(0.5)
    gate.open()
    assert exceptions([promoting.result(), removing.result()]) == []


def test_control_without_holding_the_roles_one_is_gone_before_it_is_live(project, monkeypatch):
    monkeypatch.setattr(promotion, "_hold_roles", lambda project: None)
    promoting, removing, gate = take_the_role_away_while_promoting(project, monkeypatch)
    assert exceptions([removing.result()]) == []
    assert not LiveChange.objects.exists()
    gate.open()
    promoting.result()


def two_signatures_with_one_proof():
    """A lead of two projects sends both forms at once, with the passkey used a moment ago."""
    first, second = make_promotion(make_project()), make_promotion(make_project())
    lead = make_lead(first.project)
    Membership.objects.create(project=second.project, user=lead, role=Role.GOVERNANCE_LEAD)
    how = {"method": "webauthn", "proof": "webauthn@1764109260.5"}

    def sign(what):
        subject = shown(what)
        return lambda: sign_off(what, lead, "approved", subject, now(), **how)

    return together(sign(first), sign(second))


def test_one_proof_signs_one_of_two_things_at_once():
    assert exceptions(two_signatures_with_one_proof()) == [ProofUsed]
    assert SignOff.objects.count() == 1


def test_without_the_constraint_it_would_sign_both():
    """Negative control: the promotions' own locks do not meet."""
    once = next(each for each in SignOff._meta.constraints if each.name == "sign_off_proof_once")
    with connection.schema_editor() as schema:
        schema.remove_constraint(SignOff, once)
    try:
        assert exceptions(two_signatures_with_one_proof()) == []
    finally:
        with may_empty(SignOff._meta.db_table), connection.cursor() as cursor:
            cursor.execute("TRUNCATE deployments_signoff")
        with connection.schema_editor() as schema:
            schema.add_constraint(SignOff, once)
