import time

import pytest
from django.core.cache import cache
from django.urls import reverse

from deployments.models import LiveChange, SignOff
from deployments.registry import amend
from lib.clock import now
from tests.builders import make_curator, make_lead, make_project
from tests.deployments_builders import (
    a_manifest,
    approve,
    make_live,
    make_promotion,
    make_version,
    seen,
    shown,
)

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def forget_tries():
    cache.clear()


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def promotion(project):
    return make_promotion(project)


@pytest.fixture
def lead(project, client):
    person = make_lead(project)
    client.force_login(person)
    return person


def at(name, promotion):
    return reverse(f"deployments:{name}", args=[promotion.project.slug, promotion.pk])


def sign(client, promotion, **changes):
    sent = {"subject": shown(promotion), "answer": "approved", "password": PASSWORD}
    return client.post(at("sign", promotion), sent | changes)


def prove_elsewhere(client, person, seconds_ago=0, kind="webauthn"):
    """What allauth leaves in the session after a passkey was used on its own page."""
    session = client.session
    session["account_authentication_methods_user"] = str(person.pk)
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": kind, "at": time.time() - seconds_ago, "reauthenticated": True}
    ]
    session.save()


def test_a_signature_needs_the_password_at_the_click(client, promotion, lead):
    assert sign(client, promotion).status_code == 302
    signed = SignOff.objects.get()
    assert (signed.by, signed.method, signed.subject_digest) == (lead, "password", shown(promotion))
    assert "You approved it" in client.get(at("promotion", promotion)).text


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " "])
def test_without_it_nothing_is_signed_and_the_reason_stays(client, promotion, lead, password):
    answer = sign(client, promotion, password=password, reason="looks good")
    assert answer.status_code == 422
    assert "Nothing was signed" in answer.text
    assert "looks good" in answer.text
    assert password == "" or password not in answer.text
    assert not SignOff.objects.exists()


def test_guessing_is_slowed_down(client, promotion, lead):
    tries = [sign(client, promotion, password="wrong").status_code for _ in range(11)]
    assert (tries[0], tries[-1]) == (422, 429)
    assert sign(client, promotion).status_code == 429
    assert not SignOff.objects.exists()


def test_a_passkey_used_a_moment_ago_counts_once(client, promotion, lead):
    prove_elsewhere(client, lead)
    assert "It counts for one signature" in client.get(at("promotion", promotion)).text
    assert sign(client, promotion, password="").status_code == 302
    assert SignOff.objects.get().method == "webauthn"
    other = make_promotion(promotion.project)
    assert "It counts for one signature" not in client.get(at("promotion", other)).text
    assert sign(client, other, password="").status_code == 422


def test_a_refused_signature_does_not_use_the_proof_up(client, promotion, lead):
    prove_elsewhere(client, lead)
    assert sign(client, promotion, password="", answer="rejected").status_code == 422
    assert sign(client, promotion, password="", answer="rejected", reason="slow").status_code == 302


def test_two_sessions_cannot_use_one_proof_twice(client, promotion, lead):
    """What two requests read before either has written: both saw the proof unused."""
    prove_elsewhere(client, lead)
    stale, other = client.session.session_key, make_promotion(promotion.project)
    kept = dict(client.session.items())
    assert sign(client, promotion, password="").status_code == 302
    assert client.session.session_key == stale
    session = client.session
    session.update(kept)
    session.save()
    assert sign(client, other, password="").status_code == 422
    assert SignOff.objects.count() == 1


def test_who_has_no_password_here_is_offered_what_they_have(client, promotion, lead):
    lead.set_unusable_password()
    lead.save()
    client.force_login(lead)
    page = client.get(at("promotion", promotion)).text
    assert 'type="password"' not in page
    assert "neither a password nor a second factor" in page
    assert sign(client, promotion, password="").status_code == 422
    assert not SignOff.objects.exists()


def test_a_passkey_used_a_while_ago_does_not_count(client, promotion, lead):
    prove_elsewhere(client, lead, seconds_ago=121)
    assert sign(client, promotion, password="").status_code == 422


def test_somebody_elses_passkey_does_not_count(client, promotion, lead):
    prove_elsewhere(client, make_lead(promotion.project))
    assert sign(client, promotion, password="").status_code == 422


def test_logging_in_alone_is_no_proof(client, promotion, lead):
    prove_elsewhere(client, lead)
    session = client.session
    record = session["account_authentication_methods"][0]
    session["account_authentication_methods"] = [record | {"reauthenticated": False}]
    session.save()
    assert sign(client, promotion, password="").status_code == 422


def test_what_changed_since_the_page_was_opened_is_a_conflict(client, promotion, lead):
    subject = shown(promotion)
    amend(promotion.model_version, a_manifest(), make_curator(promotion.project), now())
    answer = sign(client, promotion, subject=subject, reason="read it all")
    assert answer.status_code == 409
    assert "changed after you opened this page" in answer.text
    assert "read it all" in answer.text
    assert not SignOff.objects.exists()


def test_a_void_signature_is_struck_and_says_why(client, promotion, lead):
    approve(promotion)
    amend(promotion.model_version, a_manifest(), make_curator(promotion.project), now())
    page = client.get(at("promotion", promotion)).text
    assert "void: the manifest changed" in page
    assert "<s>" in page
    assert "Approved by 0 of 2" in page


def test_who_registered_it_is_told_why_they_cannot_sign(client, project, lead):
    promotion = make_promotion(version=make_version(project, by=lead))
    assert "You registered it, so you cannot sign" in client.get(at("promotion", promotion)).text
    answer = sign(client, promotion)
    assert answer.status_code == 403
    assert not SignOff.objects.exists()


def test_rejecting_needs_a_reason_and_closes_it(client, promotion, lead):
    assert sign(client, promotion, answer="rejected").status_code == 422
    assert sign(client, promotion, answer="rejected", reason="too <slow>").status_code == 302
    page = client.get(at("promotion", promotion)).text
    assert "too &lt;slow&gt;" in page
    assert "Rejected" in page
    assert sign(client, promotion).status_code == 409


@pytest.mark.parametrize("damage", [{"subject": "x"}, {"answer": "maybe"}, {"subject": ""}])
def test_a_damaged_form_signs_nothing(client, promotion, lead, damage):
    assert sign(client, promotion, **damage).status_code == 422
    assert not SignOff.objects.exists()


def promote(client, promotion, **changes):
    sent = {"subject": shown(promotion), "seen": seen(promotion.endpoint)}
    return client.post(at("promote", promotion), sent | changes)


def test_two_signatures_and_a_click_make_it_live(client, promotion, lead):
    approve(promotion)
    assert promote(client, promotion).status_code == 422
    assert sign(client, promotion).status_code == 302
    assert promote(client, promotion).status_code == 302
    assert LiveChange.objects.get().by == lead
    assert "Promoted" in client.get(at("promotion", promotion)).text


def test_what_is_on_the_page_is_what_goes_live(client, promotion, lead):
    for _ in range(2):
        approve(promotion)
    assert promote(client, promotion, subject="0" * 64).status_code == 409
    assert promote(client, promotion, seen=999).status_code == 409
    assert promote(client, promotion, seen="").status_code == 422
    assert not LiveChange.objects.exists()


def test_the_page_compares_with_what_is_live(client, project, lead):
    make_live(project=project)
    promotion = make_promotion(version=make_version(project, notes="2 epochs"))
    page = client.get(at("promotion", promotion)).text
    assert "replaces ember-7b r1" in page
    assert "2 epochs" in page
    assert "weights.safetensors" in page


def test_amending_after_it_went_live_leaves_its_signatures_standing(client, project, lead):
    endpoint = make_live(project=project)
    promotion = endpoint.changes.get().promotion
    amend(promotion.model_version, a_manifest(), make_curator(project), now())
    page = client.get(at("promotion", promotion)).text
    assert "was amended after this promotion" in page
    assert "void" not in page.split("sign-offs")[-1].split("card-foot")[0]


def test_only_the_proposer_withdraws(client, project, lead):
    mine, theirs = make_promotion(project, by=lead), make_promotion(project)
    assert client.post(at("withdraw", theirs)).status_code == 422
    assert client.post(at("withdraw", mine)).status_code == 302
    assert client.post(at("withdraw", mine)).status_code == 409
