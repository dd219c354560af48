"""POST /api/v1/feedback: what is kept, what is said."""

import gzip
import json

import pytest

from feedback.models import Blob, Correction, Generation, Reaction
from governance.keys import revoke_key
from lib.clock import now
from tests.builders import make_ingest_key, make_person, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
URL = "/api/v1/feedback"


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def key(project):
    return make_ingest_key(project)


@pytest.fixture
def report(client, key):
    """Send a value as JSON with the key."""

    def send(value, **headers):
        data = value if isinstance(value, bytes) else json.dumps(value)
        headers = {"Authorization": f"Bearer {key[1]}"} | headers
        return client.post(URL, data, content_type="application/json", headers=headers)

    return send


def test_a_record_is_kept_word_for_word(report, project, key):
    sent = generation(
        prompt="naïve 🙂 \u202e שלום\r\n\ttab",
        output="<script>alert(1)</script>",
        language="python",
        file_path="a/b.py",
        repository="acme/app",
        model_name="coder",
        confidence=0.25,
        session="s1",
        user="ines",
        occurred_at="2026-03-01T12:00:00+02:00",
        editor={"name": "vim", "build": 123456789012345678901234567890},
    )
    response = report(sent)
    assert response.status_code == 201
    row = Generation.objects.select_related("prompt", "output").get()
    assert response.json() == {
        "index": 0,
        "type": "generation",
        "id": sent["id"],
        "status": 201,
        "outcome": "stored",
        "stored_id": row.pk,
    }
    assert (row.prompt.text, row.output.text) == (sent["prompt"], sent["output"])
    assert (row.project, row.key_id, row.developer) == (project, key[0].pk, "ines")
    assert row.occurred_at.isoformat() == "2026-03-01T10:00:00+00:00"
    assert row.extra == {"editor": {"name": "vim", "build": 123456789012345678901234567890}}
    assert (row.language, row.file_path, row.repository) == ("python", "a/b.py", "acme/app")
    assert (row.model_name, row.confidence, row.session) == ("coder", 0.25, "s1")


def test_a_correction_and_a_reaction_may_come_before_their_generation(report):
    made = generation(output="one\ntwo\n")
    span = {"start": {"line": 1, "column": 1}, "end": {"line": 2, "column": 3}}
    fix = correction(made, span=span, category="logic", severity="high", after_ms=1200)
    response = report([fix, reaction(made, "rejected", after_ms=900), made])
    assert response.status_code == 201
    assert [result["status"] for result in response.json()["results"]] == [201] * 3
    row = Correction.objects.select_related("generation", "corrected").get()
    assert row.generation.client_id == made["id"]
    assert row.corrected.text == fix["corrected"]
    assert (row.start_line, row.start_column, row.end_line, row.end_column) == (1, 1, 2, 3)
    assert (row.category, row.severity, row.after_ms) == ("logic", "high", 1200)
    assert Reaction.objects.get().after_ms == 900


def test_sent_again_it_is_the_same_record(report):
    made = generation()
    batch = [made, reaction(made, "accepted"), correction(made)]
    first = report(batch).json()["results"]
    again = report(batch)
    assert again.status_code == 200
    assert [r["stored_id"] for r in again.json()["results"]] == [r["stored_id"] for r in first]
    assert {r["outcome"] for r in again.json()["results"]} == {"duplicate"}
    assert (Generation.objects.count(), Reaction.objects.count()) == (1, 1)


def test_the_order_of_fields_and_nulls_do_not_make_another_record(report):
    made = generation(session=None)
    report(made)
    assert report(dict(reversed(generation(id=made["id"]).items()))).status_code == 200


def test_an_id_taken_by_other_content_is_a_conflict_and_leaves_nothing(report):
    made = generation(output="first")
    report(made)
    response = report(made | {"output": "second"})
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:problem-type:emend:conflict"
    assert not Blob.objects.filter(text="second").exists()


def test_a_correction_of_a_refused_generation_is_refused_with_it(report):
    made = generation(output="first")
    report(made)
    changed = made | {"output": "second"}
    response = report([changed, correction(changed)])
    assert [r["status"] for r in response.json()["results"]] == [409, 409]
    assert not Correction.objects.exists()


def test_the_same_id_twice_in_one_batch_is_compared_too(report):
    made = generation()
    response = report([made, made, made | {"output": "other"}])
    assert response.status_code == 207
    assert [r["status"] for r in response.json()["results"]] == [201, 200, 409]


def test_the_valid_rest_of_a_batch_is_kept(report):
    response = report([generation(), generation(confidence="1"), 7, generation()])
    assert response.status_code == 207
    body = response.json()
    assert (body["stored"], body["refused"], Generation.objects.count()) == (2, 2, 2)
    assert [r["status"] for r in body["results"]] == [201, 422, 422, 201]
    assert body["results"][1]["problem"]["errors"] == [
        {"pointer": "#/1/confidence", "detail": "Input should be a valid number"}
    ]
    assert body["results"][2]["problem"]["errors"][0]["pointer"] == "#/2"


def test_a_batch_of_which_nothing_fits_is_a_problem_itself(report):
    response = report([generation(output=1), generation(output=None)])
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["refused"] == 2


def test_null_means_absent(report):
    sent = generation(language=None, confidence=None, occurred_at=None, session=None, user=None)
    assert report(sent).status_code == 201
    row = Generation.objects.get()
    assert (row.language, row.confidence, row.developer, row.extra) == ("", None, "", {})


def test_a_generation_of_another_project_does_not_exist(report, client):
    elsewhere = make_ingest_key(make_project())[1]
    made = generation()
    sent = client.post(
        URL, json.dumps(made), content_type="application/json", headers={"X-API-Key": elsewhere}
    )
    assert sent.status_code == 201
    response = report(correction(made))
    assert (response.status_code, response.json()["outcome"]) == (202, "waiting")
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "pointer"),
    [
        ((3, 0), (3, 0), "#/span/start/line"),
        ((1, 4), (1, 4), "#/span/start/column"),
        ((1, 0), (2, 9), "#/span/end/column"),
        ((2, 1), (1, 1), "#/span/end"),
        ((0, 0), (1, 1), "#/span/start/line"),
        ((1, 0), (2**40, 0), "#/span/end/line"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_a_span_lies_in_the_output(report, start, end, pointer, together):
    made = generation(output="ab🙂\ncd")
    span = {
        "start": {"line": start[0], "column": start[1]},
        "end": {"line": end[0], "column": end[1]},
    }
    if together:
        faults = report([made, correction(made, span=span)]).json()["results"][1]["problem"]
    else:
        report(made)
        faults = report(correction(made, span=span)).json()
    found = {error["pointer"].replace("#/1/", "#/") for error in faults["errors"]}
    assert pointer in found
    assert not Correction.objects.exists()


@pytest.mark.parametrize("together", [True, False])
def test_a_span_up_to_the_very_end_fits(report, together):
    made = generation(output="ab🙂\ncd")
    whole = {"start": {"line": 1, "column": 0}, "end": {"line": 2, "column": 2}}
    fix = correction(made, span=whole)
    sent = [[made, fix]] if together else [made, fix]
    assert [report(each).status_code for each in sent] == [201] * len(sent)


def test_a_gzip_body_is_read(report):
    sent = gzip.compress(json.dumps(generation()).encode())
    assert report(sent, **{"Content-Encoding": "gzip"}).status_code == 201


def test_a_client_that_accepts_something_else_is_answered_all_the_same(report):
    assert report(generation(), Accept="text/html").status_code == 201


def test_one_record_costs_few_statements(report, django_assert_num_queries):
    report(generation())  # which reads what the project masks, for ten seconds
    with django_assert_num_queries(2):  # the key; the row with its texts
        assert report(generation()).status_code == 201


def test_nobody_is_turned_away(client):
    response = client.post(URL, b"{}", content_type="application/json")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["emk_wrong", "é", "x" * 5000, "\x00"])
def test_a_wrong_key_is_turned_away(client, secret):
    response = client.post(
        URL, b"{}", content_type="application/json", headers={"X-API-Key": secret}
    )
    assert response.status_code == 401


def test_a_revoked_key_is_turned_away_at_once(report, key):
    assert report(generation()).status_code == 201
    revoke_key(key[0], make_person(), now())
    assert report(generation()).status_code == 401


def test_a_session_is_not_a_key(client, project):
    client.force_login(make_person(project))
    assert client.post(URL, b"{}", content_type="application/json").status_code == 401


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options"])
def test_a_key_reads_nothing(client, key, method):
    response = getattr(client, method)(URL, headers={"X-API-Key": key[1]})
    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/projects/x/dataset-versions", "/api/v1/nothing"])
def test_a_key_opens_no_other_address(client, key, path):
    assert client.get(path, headers={"X-API-Key": key[1]}).status_code in (401, 403, 404)
