import orjson
import pytest
from django.urls import reverse

from deployments.models import Endpoint, Evaluation, LiveChange, ModelVersion, Promotion
from deployments.registry import amend
from governance.models import Role
from lib.clock import now
from tests.builders import make_curator, make_lead, make_person, make_project
from tests.deployments_builders import (
    REPORT,
    a_manifest,
    make_live,
    make_promotion,
    make_version,
    seen,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def curator(project, client):
    person = make_curator(project)
    client.force_login(person)
    return person


def at(name, project, *args):
    return reverse(f"deployments:{name}", args=[project.slug, *args])


def addresses(project, version, promotion):
    """How each page and act is asked for, a role that may and one that may not."""
    d, c, g = Role.DEVELOPER, Role.CURATOR, Role.GOVERNANCE_LEAD
    return [
        ("get", at("models", project), d, None),
        ("get", at("model", project, version.pk), d, None),
        ("get", at("promotion", project, promotion.pk), d, None),
        ("get", at("register", project), c, Role.REVIEWER),
        ("post", at("register", project), c, Role.REVIEWER),
        ("get", at("amend", project, version.pk), c, d),
        ("post", at("amend", project, version.pk), c, d),
        ("post", at("evaluate", project, version.pk), c, d),
        ("post", at("propose", project, version.pk), c, Role.REVIEWER),
        ("post", at("sign", project, promotion.pk), g, c),
        ("post", at("promote", project, promotion.pk), g, c),
        ("post", at("withdraw", project, promotion.pk), c, d),
        ("post", at("roll_back", project, "complete"), g, c),
    ]


def test_every_address_is_tried_as_nobody_outsider_reader_and_allowed(client, project):
    version = make_version(project)
    promotion = make_promotion(version=version)
    outsider = make_lead(make_project())
    for method, address, may, may_not in addresses(project, version, promotion):
        ask = getattr(client, method)
        client.logout()
        assert ask(address).headers["Location"].startswith("/accounts/login/"), address
        client.force_login(outsider)
        assert ask(address).status_code == 404, address
        if may_not:
            client.force_login(make_person(project, may_not))
            assert ask(address).status_code == 403, address
        client.force_login(make_person(project, may))
        assert ask(address).status_code in (200, 302, 409, 422), address


def test_nothing_of_another_project_is_reachable_through_ones_own(client, project, curator):
    elsewhere = make_version()
    promotion = make_promotion(version=elsewhere)
    assert client.get(at("model", project, elsewhere.pk)).status_code == 404
    assert client.post(at("amend", project, elsewhere.pk)).status_code == 404
    assert client.get(at("promotion", project, promotion.pk)).status_code == 404


def test_the_list_shows_versions_with_their_figures_and_what_is_live(client, project, curator):
    make_live(project=project)
    make_version(project, base_model="<b>bold</b>")
    page = client.get(at("models", project)).text
    assert "ember-7b r1" in page
    assert "41.2 %" in page
    assert "Live on complete" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold</b>" not in page


def test_an_empty_list_says_what_to_do(client, project, curator):
    assert "Register one" in client.get(at("models", project)).text


def test_the_list_costs_the_same_for_one_version_as_for_many(
    client, project, curator, django_assert_num_queries
):
    make_live(project=project)
    client.get(at("models", project))
    with django_assert_num_queries(11) as few:
        client.get(at("models", project))
    for endpoint in ("chat", "edit"):
        make_live(project=project, endpoint=endpoint)
        make_promotion(project, endpoint=endpoint)
    with django_assert_num_queries(len(few)):
        client.get(at("models", project))


def test_the_list_is_paged(client, project, curator, monkeypatch):
    monkeypatch.setattr("deployments.views.PAGE", 2)
    for _ in range(3):
        make_version(project, curator)
    first = client.get(at("models", project))
    assert [str(row[0]) for row in first.context["rows"]] == ["ember-7b r3", "ember-7b r2"]
    after = first.context["page"].after
    second = client.get(at("models", project), {"after": after})
    assert [str(row[0]) for row in second.context["rows"]] == ["ember-7b r1"]
    assert client.get(at("models", project), {"after": "forged"}).status_code == 302


def test_a_manifest_that_was_typed_is_registered(client, project, curator):
    typed = orjson.dumps(a_manifest()).decode()
    answer = client.post(at("register", project), {"text": typed})
    assert answer.status_code == 302
    assert ModelVersion.objects.get().registered_by == curator


def test_a_manifest_may_come_as_a_file(client, project, curator, tmp_path):
    path = tmp_path / "manifest.json"
    path.write_bytes(orjson.dumps(a_manifest()))
    with path.open("rb") as file:
        assert client.post(at("register", project), {"file": file}).status_code == 302
    assert ModelVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ('{"name": ', "not JSON"),
        ("[]", "needs an object"),
        ('{"name": "m"}', "base_model: is missing"),
        (orjson.dumps(a_manifest(dataset_version="d" * 64)).decode(), "no dataset version"),
        ("", "not JSON"),
        ('{"name": "a\x00"}', "Null characters"),
    ],
)
def test_a_bad_manifest_says_what_it_needs_and_stays_typed(client, project, curator, typed, says):
    answer = client.post(at("register", project), {"text": typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert answer.context["form"]["text"].value() == typed
    assert not ModelVersion.objects.exists()


def test_a_bad_file_is_shown_as_text_to_correct(client, project, curator, tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text('{"name": "m", "extra": 1}')
    with path.open("rb") as file:
        answer = client.post(at("register", project), {"file": file})
    assert "extra: is not a field" in answer.text
    assert answer.context["form"]["text"].value() == path.read_text()


def test_the_same_manifest_again_names_the_version_it_is(client, project, curator):
    typed = {"text": orjson.dumps(a_manifest()).decode()}
    client.post(at("register", project), typed)
    assert "registered already, as ember-7b r1" in client.post(at("register", project), typed).text


def test_amending_shows_the_manifest_in_force_and_changes_it(client, project, curator):
    version = make_version(project, curator)
    page = client.get(at("amend", project, version.pk))
    typed = page.context["form"]["text"].value()
    same = client.post(at("amend", project, version.pk), {"text": typed})
    assert "the same, byte for byte" in same.text
    other = typed.replace('"notes": ""', '"notes": "fewer epochs"')
    assert client.post(at("amend", project, version.pk), {"text": other}).status_code == 302
    assert version.manifests.count() == 2


def test_a_report_is_attached_to_what_the_page_showed(client, project, curator):
    version = make_version(project, curator, evaluated=False)
    sent = {"suite": "house", "text": orjson.dumps(REPORT).decode(), "manifest": version.digest}
    address = at("evaluate", project, version.pk)
    assert client.post(address, sent).status_code == 302
    wrong = client.post(address, sent | {"manifest": "0" * 64})
    assert wrong.status_code == 422
    assert "Evaluate it again" in wrong.text
    assert Evaluation.objects.count() == 1


def test_a_bad_report_stays_typed(client, project, curator):
    version = make_version(project, curator, evaluated=False)
    sent = {"suite": "house", "text": '{"pass@1": {"value": 0.4}}'}
    answer = client.post(at("evaluate", project, version.pk), sent)
    assert "pass@1.value: needs a decimal number as text" in answer.text.replace("&quot;", '"')
    assert answer.context["evaluation_form"]["text"].value() == sent["text"]


def test_a_proposal_leads_to_its_page(client, project, curator):
    version = make_version(project, curator)
    address = at("propose", project, version.pk)
    answer = client.post(address, {"endpoint": "complete", "why": "better"})
    promotion = Promotion.objects.get()
    assert answer.headers["Location"] == at("promotion", project, promotion.pk)
    again = client.post(address, {"endpoint": "complete", "why": "better"})
    assert (again.status_code, "already" in again.text) == (422, True)
    assert client.post(address, {"endpoint": "no spaces", "why": ""}).status_code == 422


def test_one_click_rolls_back_and_the_second_click_does_nothing(client, project):
    endpoint = [make_live(project=project) for _ in range(3)][-1]
    lead = make_lead(project)
    client.force_login(lead)
    address, click = at("roll_back", project, "complete"), {"seen": seen(endpoint), "reason": ""}
    assert "Roll back to r2" in client.get(at("models", project)).text
    assert client.post(address, click).status_code == 302
    second = client.post(address, click)
    assert second.status_code == 409
    assert "Nothing was done a second time" in second.text
    assert Endpoint.objects.get().live.revision == 2
    assert LiveChange.objects.filter(kind="rolled_back").count() == 1


def test_a_promotion_that_was_rolled_back_does_not_look_live(client, project):
    endpoint = [make_live(project=project) for _ in range(2)][-1]
    address = at("promotion", project, endpoint.promotions.latest("id").pk)
    client.force_login(make_lead(project))
    assert "not live any more" not in client.get(address).text
    client.post(at("roll_back", project, "complete"), {"seen": seen(endpoint), "reason": ""})
    page = client.get(address).text
    assert "not live any more" in page
    assert "r1" in page


def test_with_nothing_before_there_is_nothing_to_press(client, project):
    endpoint = make_live(project=project)
    client.force_login(make_lead(project))
    page = client.get(at("models", project)).text
    assert "there is nothing to go back to" in page
    answer = client.post(at("roll_back", project, "complete"), {"seen": seen(endpoint)})
    assert answer.status_code == 409


def test_a_damaged_click_changes_nothing(client, project):
    make_live(project=project)
    make_live(project=project)
    client.force_login(make_lead(project))
    assert client.post(at("roll_back", project, "complete"), {"seen": "x"}).status_code == 409
    assert Endpoint.objects.get().live.revision == 2


def test_the_model_page_shows_its_manifest_and_older_evaluations(client, project, curator):
    version = make_version(project, curator)
    amend(version, a_manifest(settings={"chat_template": "<script>"}), curator, now())
    page = client.get(at("model", project, version.pk)).text
    assert "&lt;script&gt;" in page
    assert "no longer counted: 1 evaluation of an earlier manifest" in page
    assert "No suite has run on this manifest" in page
