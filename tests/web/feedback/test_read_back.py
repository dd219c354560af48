"""OpenAI's stored completions read back through the client's door, by a token that may read."""

import json
from datetime import timedelta

import pytest

from feedback import completions
from governance.models import AccessToken, Role
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_ingest_key, make_person, make_project, make_reviewer
from tests.clients import captured

pytestmark = pytest.mark.django_db
DOOR = "/ingest/openai/v1/chat/completions"


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def store(client, project):
    """Store a completion, or metadata on one, and return its id."""
    secret = make_ingest_key(project)[1]

    def sent(value, path="", key=secret):
        headers = {"Authorization": f"Bearer {key}"}
        answer = client.post(DOOR + path, json.dumps(value), "application/json", headers=headers)
        assert answer.status_code == 200, answer.content
        return answer.json()["id"]

    return sent


def a_completion(answer, model="m", **metadata):
    asked = [{"role": "user", "content": "set x"}, {"role": "assistant", "content": answer}]
    return {"messages": asked, "model": model, "store": True, "metadata": metadata}


@pytest.fixture
def ask(client, project):
    """Read with a token of this person, a reviewer's if nobody's."""

    def got(path="", person=None, scope=AccessToken.Scope.READ, only=project, **asked):
        who, life = person or make_reviewer(project), timedelta(days=1)
        secret = make_token(who, "reader", life, now(), scope=scope, project=only)[1]
        return client.get(DOOR + path, asked, headers={"Authorization": f"Bearer {secret}"})

    return got


def contents(answer):
    return [each["choices"][0]["message"]["content"] for each in answer.json()["data"]]


def test_a_completion_is_read_with_what_was_said_of_it_since(store, ask):
    key = store(a_completion("x = 1", episode="e1"))
    store({"metadata": {"accepted": "true"}}, f"/{key}")
    told = ask(f"/{key}").json()
    assert told["id"] == key
    assert told["choices"][0]["message"] == {"role": "assistant", "content": "x = 1"}
    assert told["metadata"] == {"episode": "e1", "accepted": "true"}
    assert ask().json()["data"] == [told]


def test_pages_hold_each_completion_once_and_in_both_orders(store, ask):
    keys = [store(a_completion(f"x = {number}")) for number in range(5)]
    for order, expected in (("asc", keys), ("desc", keys[::-1])):
        found, after = [], {}
        for _ in range(3):
            page = ask(limit=2, order=order, **after).json()
            found += [each["id"] for each in page["data"]]
            assert (page["first_id"], page["last_id"]) == (found[-len(page["data"])], found[-1])
            after = {"after": page["last_id"]}
        assert found == expected
        assert not page["has_more"]


def test_long_bodies_come_in_shorter_pages(store, ask, monkeypatch):
    monkeypatch.setattr(completions, "BYTES", 10)
    for number in range(3):
        store(a_completion(f"x = {number}"))
    assert contents(ask()) == ["x = 0"]
    assert ask().json()["has_more"]


def test_filters_go_by_what_stands_in_its_place(store, ask, monkeypatch):
    monkeypatch.setattr(completions, "BYTES", 10)  # what is narrowed by text alone is passed over
    store(a_completion('"episode":"e1"', episode="e2"))
    store(a_completion("decoy", other='"x","episode":"e1"') | {"episode": "e1"})
    store(a_completion("right", model="n", episode="e1"))
    assert contents(ask(**{"metadata[episode]": "e1"})) == ["right"]
    assert contents(ask(**{"metadata[episode]": "e1"}, model="n")) == ["right"]
    assert contents(ask(**{"metadata[episode]": "e1"}, model="m")) == []
    assert contents(ask(**{"metadata[episode]": "%"})) == []
    assert contents(ask(**{"metadata[a\0]": "\0"})) == []


def test_a_body_with_a_number_of_any_size_is_found_too(store, ask):
    store(a_completion("x = 1", episode="e1") | {"seed": 2**70})  # written by the other encoder
    assert contents(ask(**{"metadata[episode]": "e1"})) == ["x = 1"]


def test_the_captured_request_is_answered(store, client, ask, shared):
    (request,) = captured(shared, "/v1/chat/completions?")
    store(a_completion("x = 1", episode="e1"))
    query = {"limit": "10", "metadata[episode]": "e1"}
    assert request["path"].endswith("limit=10&metadata%5Bepisode%5D=e1")
    assert contents(ask(**query)) == ["x = 1"]


@pytest.mark.parametrize(
    "asked",
    [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"limit": "1\0"}, {"order": "up"}]
    + [{"episode": "e1"}, {"metadata[a]": "x" * 513}]
    + [{f"metadata[{number}]": "x" for number in range(17)}],
)
def test_a_query_that_cannot_be_is_refused_as_the_sdk_reads_it(ask, asked):
    answer = ask(**asked)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("key", ["nothing", "a%00b", "x" * 300])
def test_what_is_not_there_is_said_so(ask, key):
    assert ask(f"/{key}").status_code == 404
    assert ask(after=key).status_code == 404


def test_another_project_is_not_there(store, ask, client):
    key = store(a_completion("x = 1"))
    other = make_project()
    stranger = make_reviewer(other)
    assert ask(f"/{key}", stranger, only=other).status_code == 404
    assert ask("", stranger, only=other).json()["data"] == []
    assert ask(f"/{key}", stranger).status_code == 404  # its token names a project it is not in


def test_metadata_of_another_project_stays_there(store, ask):
    key = store(a_completion("x = 1"))
    theirs = make_ingest_key(make_project())[1]
    store(a_completion("x = 1"), key=theirs)
    store({"metadata": {"accepted": "false"}}, f"/{key}", key=theirs)
    assert ask(f"/{key}").json()["metadata"] == {}


def test_only_a_token_of_one_project_that_may_read_code_reads(store, ask, client, project):
    path = f"/{store(a_completion('x = 1'))}"
    secret = make_ingest_key(project)[1]
    assert client.get(DOOR + path).status_code == 401
    for headers in ({"Authorization": f"Bearer {secret}"}, {"X-API-Key": secret}):
        answer = client.get(DOOR + path, headers=headers)
        assert answer.status_code == 403
        assert b"x = 1" not in answer.content
    assert client.get(f"/k/{secret}/openai/v1/chat/completions{path}").status_code == 405
    assert ask(path, make_person(project, Role.DEVELOPER)).status_code == 403
    assert ask(path, only=None).status_code == 403
    assert ask(path, scope=AccessToken.Scope.ALL).status_code == 200


def test_a_token_reports_nothing(client, project):
    person, life = make_reviewer(project), timedelta(days=1)
    secret = make_token(person, "reader", life, now(), project=project)[1]
    headers = {"Authorization": f"Bearer {secret}"}
    body = json.dumps(a_completion("x = 1"))
    assert client.post(DOOR, body, "application/json", headers=headers).status_code == 401
