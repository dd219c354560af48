import gzip
from datetime import timedelta

import pytest
from django.test import Client

from deployments.models import Evaluation, ModelVersion
from feedback import bodies
from governance.models import Role
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_curator, make_lead, make_person, make_project
from tests.deployments_builders import REPORT, a_manifest, make_live, make_promotion, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def bearer(project):
    return bearer_of(make_curator(project))


def bearer_of(person):
    _, secret = make_token(person, "training run", timedelta(days=1), now())
    return {"Authorization": f"Bearer {secret}"}


def base(project):
    return f"/api/v1/projects/{project.slug}"


def post(client, address, body, headers=None):
    return client.post(address, body, content_type="application/json", headers=headers)


def test_each_address_is_tried_as_nobody_outsider_reader_and_allowed(client, project, bearer):
    version = make_version(project)
    make_promotion(version=version)
    outsider = bearer_of(make_lead(make_project()))
    reader = bearer_of(make_person(project, Role.REVIEWER))
    bodies = {
        f"{base(project)}/model-versions": {"manifest": a_manifest()},
        f"{base(project)}/model-versions/{version.pk}/evaluations": {
            "suite": "s",
            "report": REPORT,
        },
    }
    for address, body in bodies.items():
        found = [
            post(client, address, body, headers).status_code
            for headers in (None, outsider, reader, bearer)
        ]
        assert found == [401, 404, 403, 201], address
    address = f"{base(project)}/endpoints/complete"
    found = [client.get(address, headers=who).status_code for who in (None, outsider, reader)]
    assert found == [401, 404, 200]


def test_a_machine_registers_evaluates_and_asks_what_is_live(client, project, bearer):
    manifest = a_manifest()
    answer = post(client, f"{base(project)}/model-versions", {"manifest": manifest}, bearer)
    kept = answer.json()
    assert (answer.status_code, kept["revision"], kept["dataset_version"]) == (201, 1, None)
    address = f"{base(project)}/model-versions/{kept['id']}/evaluations"
    body = {"suite": "house", "report": REPORT, "manifest_digest": kept["digest"]}
    evaluation = post(client, address, body, bearer)
    assert evaluation.json()["manifest_digest"] == kept["digest"]
    make_live(ModelVersion.objects.get())
    live = client.get(f"{base(project)}/endpoints/complete", headers=bearer).json()
    assert live | {"since": None} == {
        "endpoint": "complete",
        "id": kept["id"],
        "model": "ember-7b",
        "revision": 1,
        "digest": kept["digest"],
        "artifacts": manifest["artifacts"],
        "since": None,
    }


def test_sent_twice_is_kept_once(client, project, bearer):
    body = {"manifest": a_manifest()}
    sent = [post(client, f"{base(project)}/model-versions", body, bearer) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 200]
    assert sent[0].json() == sent[1].json()
    assert ModelVersion.objects.count() == 1


def test_an_endpoint_without_a_live_version_says_so(client, project, bearer):
    make_promotion(project)
    live = client.get(f"{base(project)}/endpoints/complete", headers=bearer).json()
    assert (live["endpoint"], live["digest"]) == ("complete", None)
    assert client.get(f"{base(project)}/endpoints/other", headers=bearer).status_code == 404


def test_a_bad_manifest_is_a_problem_with_the_place_of_each_fault(client, project, bearer):
    artifacts = [{"path": "w", "sha256": "short", "bytes": 1}]
    body = {"manifest": a_manifest(artifacts=artifacts, colour="violet")}
    answer = post(client, f"{base(project)}/model-versions", body, bearer)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "#/manifest/artifacts/0/sha256",
        "#/manifest/colour",
    }
    assert not ModelVersion.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "3", "null", '{"manifest": 3}', "{}", '{"manifest": {"name": ["x"]}}', '"\\ud800"'],
)
def test_no_body_is_a_500(client, project, bearer, body):
    answer = post(client, f"{base(project)}/model-versions", body, bearer)
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["\ud800", "a\x00b", 7])
def test_no_name_is_a_500(client, project, bearer, name):
    body = {"manifest": a_manifest(base_model=name)}
    answer = post(client, f"{base(project)}/model-versions", body, bearer)
    assert answer.status_code == 422


def test_a_report_about_another_manifest_is_a_conflict(client, project, bearer):
    version = make_version(project, evaluated=False)
    body = {"suite": "s", "report": REPORT, "manifest_digest": "0" * 64}
    address = f"{base(project)}/model-versions/{version.pk}/evaluations"
    assert post(client, address, body, bearer).status_code == 409
    assert post(client, address, body | {"report": {"m": {}}}, bearer).status_code == 422
    assert post(client, address, {"suite": "\x00", "report": REPORT}, bearer).status_code in (
        400,
        422,
    )
    assert not Evaluation.objects.exists()


def test_a_page_of_another_site_cannot_register_with_ones_session(project):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_curator(project))
    answer = post(client, f"{base(project)}/model-versions", {"manifest": a_manifest()})
    assert answer.status_code == 403


@pytest.mark.parametrize("where", ["model-versions", "model-versions/1/evaluations"])
def test_a_body_over_the_limit_is_refused_before_it_is_read(
    client, project, bearer, where, monkeypatch
):
    version = make_version(project)
    monkeypatch.setattr(bodies, "_value", lambda data: pytest.fail("it was parsed"))
    body = {"manifest": a_manifest(notes="x" * bodies.MOST_BYTES)}
    where = where.replace("/1/", f"/{version.pk}/")
    answer = post(client, f"{base(project)}/{where}", body, bearer)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert ModelVersion.objects.count() == 1


def test_a_small_body_that_inflates_over_the_limit_is_refused(client, project, bearer):
    body = gzip.compress(b'{"manifest": "' + b"x" * bodies.MOST_BYTES + b'"}')
    sent = bearer | {"Content-Encoding": "gzip"}
    answer = post(client, f"{base(project)}/model-versions", body, sent)
    assert answer.status_code == 413


@pytest.mark.parametrize("body", ["{", "[" * 100_000, '{"manifest": NaN}'])
def test_what_is_not_json_is_400(client, project, bearer, body):
    answer = post(client, f"{base(project)}/model-versions", body, bearer)
    assert answer.status_code == 400
