"""The API page: everything the OpenAPI description has, for anyone, without JavaScript."""

import json
import re

import pytest

from config.reference import kind_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    response = client.get("/api/docs")
    assert response.status_code == 200
    return response.text


def test_every_operation_and_every_shape_is_there(client, page):
    schema = json.loads(client.get("/api/schema").content)
    for path, item in schema["paths"].items():
        for method in item:
            assert f"{method.upper()} {path}" in page
    for name in schema["components"]["schemas"]:
        assert f'id="shape-{name}"' in page


def test_every_link_inside_leads_somewhere(page):
    targets = set(re.findall(r'href="#([^"]+)"', page)) - {"main"}
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert targets <= set(ids)
    assert len(ids) == len(set(ids))


def test_every_operation_tells_who_may_not(client):
    schema = json.loads(client.get("/api/schema").content)
    for path, item in schema["paths"].items():
        for node in item.values():
            assert "401" in node["responses"], path
            assert "{" not in path or {"403", "404"} <= node["responses"].keys()


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "string, date-time"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Result"}}, "array of Result"),
        ({"enum": ["a", None]}, '"a" or null'),
        ({"const": "x"}, '"x"'),
        ({}, "anything"),
    ],
)
def test_a_kind_is_said_in_words(node, words):
    assert kind_of(node).words == words
