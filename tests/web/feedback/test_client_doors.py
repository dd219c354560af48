"""/ingest/<client>/… and /k/<key>/<client>/…: who comes in, what is kept, what is said."""

import base64
import gzip
import json
import logging

import pytest
from backports import zstd

from feedback.masking import masker
from feedback.masking.rules import Family
from feedback.models import Derived, Generation, MaskedCount, Original, Quarantined, Reaction
from governance.keys import revoke_key
from lib.clock import now
from tests.builders import make_ingest_key, make_person, make_project

pytestmark = pytest.mark.django_db
EVENT = {"type": "view", "completion_id": "cmpl-1", "choice_index": 0, "view_id": "v-1"}
SUGGESTED = {
    "name": "autocomplete",
    "schema": "0.2.0",
    "data": {"completionId": "c-1", "completion": "x", "prompt": "p", "accepted": True},
}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def key(project):
    return make_ingest_key(project)


@pytest.fixture
def send(client, key):
    """A request of a client with its key."""

    def sent(path, value=EVENT, method="post", **headers):
        data = value if isinstance(value, bytes) else json.dumps(value)
        headers = {"Authorization": f"Bearer {key[1]}"} | headers
        return getattr(client, method)(path, data, content_type="application/json", headers=headers)

    return sent


def test_an_event_and_its_records_are_kept_together(send, project, key):
    assert send("/ingest/continue", SUGGESTED).json() == {"status": "stored"}
    original = Original.objects.get()
    assert json.loads(original.body) == SUGGESTED
    assert (original.project, original.key, original.client) == (project, key[0], "continue")
    assert original.version == "0.2.0"
    told = Reaction.objects.select_related("generation__output").get()
    assert (told.kind, told.generation.client_id, told.generation.output.text) == (
        "accepted",
        "c-1",
        "x",
    )
    derived = Derived.objects.filter(original=original).values_list("type", "client_id")
    assert set(derived) == {("generation", "c-1"), ("reaction", told.client_id)}


def test_everything_sent_twice_changes_nothing(send):
    for _ in range(2):
        send("/ingest/continue", SUGGESTED)
        send("/ingest/continue", {"name": "autocomplete"})
    assert send("/ingest/continue", SUGGESTED).json() == {"status": "duplicate"}
    assert (Original.objects.count(), Reaction.objects.count()) == (2, 1)
    assert (Generation.objects.count(), Quarantined.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer {}"},
        {"Authorization": "{}"},
        {"Authorization": "Basic {}", "basic": "{}:"},
        {"Authorization": "Basic {}", "basic": "pk-lf-1:{}"},
        {"Authorization": "", "X-API-Key": "{}"},
        {"Authorization": "", "X-Gitlab-Token": "{}"},
    ],
)
def test_a_key_is_found_where_clients_put_it(send, key, headers):
    headers = dict(headers)
    if basic := headers.pop("basic", None):
        pair = base64.b64encode(basic.format(key[1]).encode()).decode()
        headers["Authorization"] = headers["Authorization"].format(pair)
    headers = {name: value.format(key[1]) for name, value in headers.items()}
    assert send("/ingest/tabby/v1/events", **headers).status_code == 200


def test_a_key_in_the_path_is_enough_and_no_log_shows_it(client, key, caplog):
    def post(path):
        return client.post(path, json.dumps(EVENT), content_type="application/json")

    assert post(f"/k/{key[1]}/tabby/v1/events").status_code == 200
    with caplog.at_level(logging.DEBUG):
        for path in ("", "/", "/tabby", "/tabby/v1/nothing", "/nobody/x", "/nobody\n"):
            response = post(f"/k/{key[1]}{path}")
            assert response.status_code == 404, path
            assert response["Content-Type"] == "application/problem+json"
            assert key[1] not in response.content.decode()
        response = post("/k/emk_unknown/tabby/v1/events")
        assert response.status_code == 401
    assert response["Referrer-Policy"] == "no-referrer"
    assert "emk_" not in caplog.text


@pytest.mark.parametrize("secret", ["", "emk_unknown", "sk-somebody-elses"])
def test_nobody_comes_in_without_a_key(send, secret):
    response = send("/ingest/tabby/v1/events", Authorization=f"Bearer {secret}")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not Original.objects.exists()


def test_a_revoked_key_is_turned_away_in_the_path_too(client, key):
    revoke_key(key[0], make_person(), now())
    assert client.get(f"/k/{key[1]}/tabby/v1/health").status_code == 401


def test_what_a_key_sends_stays_in_its_project(send, client):
    send("/ingest/continue", SUGGESTED)
    other = make_ingest_key(make_project())
    again = client.post(
        f"/k/{other[1]}/continue", json.dumps(SUGGESTED), content_type="application/json"
    )
    assert again.json() == {"status": "stored"}
    assert set(Generation.objects.values_list("client_id", flat=True)) == {"c-1"}
    assert Generation.objects.count() == Original.objects.count() == 2


def test_nothing_is_sent_elsewhere(send):
    for path in ("/ingest/continue", "/ingest/continue/", "/ingest/tabby/v1/events/"):
        assert send(path, SUGGESTED).status_code == 200


def test_what_is_not_there_says_so(send):
    for path in ("/ingest/nobody/v1/events", "/ingest/tabby/v1/nothing", "/ingest/tabby"):
        response = send(path)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"
    response = send("/ingest/tabby/v1/events", method="put")
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_bodies_come_packed(send):
    data = json.dumps(EVENT).encode()
    for name, pack in (("gzip", gzip.compress), ("zstd", zstd.compress)):
        changed = json.dumps(EVENT | {"view_id": name}).encode()
        headers = {"Content-Encoding": name}
        assert send("/ingest/tabby/v1/events", pack(changed), **headers).status_code == 200
        bomb = pack(b'"' + b"x" * 50_000_000 + b'"')
        assert send("/ingest/tabby/v1/events", bomb, **headers).status_code == 413
        cut = pack(data)[:-3]
        assert send("/ingest/tabby/v1/events", cut, **headers).status_code == 200
    assert Original.objects.count() == 4
    assert Quarantined.objects.count() == 2


def test_a_body_that_is_no_json_is_kept_byte_for_byte(send):
    assert send("/ingest/tabby/v1/events", b'{"type": \xff').status_code == 200
    row = Quarantined.objects.select_related("original").get()
    assert "not JSON" in row.reason
    assert base64.b64decode(json.loads(row.original.body)["base64"]) == b'{"type": \xff'


def test_a_record_that_breaks_our_rules_is_kept_in_quarantine(send):
    nul = SUGGESTED | {"data": SUGGESTED["data"] | {"completion": "a\0b", "prompt": "\ud800"}}
    assert send("/ingest/continue", nul).json() == {"status": "quarantined"}
    assert "NUL" in Quarantined.objects.get().reason
    assert json.loads(Original.objects.get().body) == nul
    assert not Generation.objects.exists()


def test_a_secret_is_masked_in_the_event_and_in_what_it_comes_to(send):
    token = "gl" + "pat-" + "aB3" * 7
    data = SUGGESTED["data"] | {"completion": f'login("{token}")', "prompt": token}
    assert send("/ingest/continue", SUGGESTED | {"data": data}).json() == {"status": "stored"}
    assert send("/ingest/continue", f'{{"broken": "{token}'.encode()).status_code < 300
    assert send("/ingest/continue", b"\xff\xfe " + token.encode()).status_code < 300
    output = Generation.objects.select_related("output").get().output.text
    assert output.startswith('login("MASKED_gitlab_token_')
    for original in Original.objects.all():
        told = json.loads(original.body)
        raw = base64.b64decode(told.get("base64", "")).decode("latin-1")
        assert token not in original.body + raw
    assert {each.kind for each in MaskedCount.objects.all()} == {"gitlab_token"}


def test_an_event_that_cannot_be_searched_leaves_only_the_reason(send, monkeypatch):
    def broken(text):
        raise ValueError(text)

    monkeypatch.setattr(masker, "EVERYTHING", (Family((broken,), ("@",)),))
    data = SUGGESTED["data"] | {"completion": "ann" + "@acme-corp.io"}
    assert send("/ingest/continue", SUGGESTED | {"data": data}).status_code < 300
    assert json.loads(Original.objects.get().body) == {
        "unsearched": "the search for secrets failed (ValueError)"
    }
    assert "nothing of this event was kept" in Quarantined.objects.get().reason
    assert not Generation.objects.exists()
