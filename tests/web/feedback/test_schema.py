"""The OpenAPI description is valid, and says what the API does."""

import json
import re

import pytest
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV31SpecValidator

from feedback.records import read
from feedback.schema import CORRECTION, GENERATION, REACTION
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.house import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client):
    response = client.get("/api/schema")
    assert response.status_code == 200
    return json.loads(response.content)


def test_it_is_valid_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(schema).validate()


def test_it_tells_every_answer_of_the_feedback_api(schema):
    told = schema["paths"]["/api/v1/feedback"]["post"]
    answers = told["responses"]
    expected = {"200", "201", "202", "207", "400", "401", "409", "413", "415", "422", "429", "503"}
    assert set(answers) == expected
    assert all(
        list(answers[status]["content"]) == ["application/problem+json"]
        for status in expected
        if status >= "400"
    )
    assert {"ingestKey": []} in told["security"]
    assert {"ingestKeyHeader": []} in told["security"]
    assert {"GenerationRecord", "ReactionRecord", "CorrectionRecord", "Problem"} <= set(
        schema["components"]["schemas"]
    )


def test_the_examples_are_taken(client):
    batch = [GENERATION, REACTION, CORRECTION]
    moment = now()
    for record in batch:
        read(record | {"occurred_at": moment.isoformat()}, moment)
    response = client.post(
        "/api/v1/feedback",
        json.dumps([record | {"occurred_at": moment.isoformat()} for record in batch]),
        content_type="application/json",
        headers={"X-API-Key": make_ingest_key(make_project())[1]},
    )
    assert response.status_code == 201, response.content


def test_the_example_in_the_document_is_taken(client):
    document = (ROOT / "docs" / "api.md").read_text()
    response = client.post(
        "/api/v1/feedback",
        re.search(r"-d '(.*?)'\n```", document, re.DOTALL)[1],
        content_type="application/json",
        headers={"X-API-Key": make_ingest_key(make_project())[1]},
    )
    assert response.status_code == 201, response.content


def test_the_document_tells_every_answer(schema):
    document = (ROOT / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| ([\d, ]+) \|", document, re.MULTILINE)
    told = {status for row in rows for status in row.split(", ")}
    assert told == schema["paths"]["/api/v1/feedback"]["post"]["responses"].keys()


@pytest.mark.parametrize("path", ["v2/feedback", "v1/projects/a%0Ab/endpoints/c", "%0A", ""])
def test_an_unknown_api_address_is_a_problem(client, path):
    response = client.post(f"/api/{path}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_it_is_made_once_in_a_process(client, monkeypatch):
    first = client.get("/api/schema")
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *_, **__: pytest.fail("made again"))
    again = client.get("/api/schema")
    assert again.content == first.content
    assert again.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    assert client.post("/api/schema").status_code == 405
