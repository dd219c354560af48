"""GitHub and GitLab through their doors: signed or refused, and the correction that comes of it."""

import hashlib
import hmac
import json

import pytest

from feedback.models import Correction, Generation, Original, Quarantined, Reaction
from tests.builders import make_ingest_key, make_project
from tests.code_hosts import AROUND, BETTER, COMMENT, EVENT, LINE, NOTE, RESOLVED

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret():
    return make_ingest_key(make_project())[1]


@pytest.fixture
def github(client, secret):
    """A delivery of GitHub's to the address with the key in it."""

    def sent(event, payload, signed_with=secret):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        made = hmac.new(signed_with.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-GitHub-Event": event, "X-Hub-Signature-256": f"sha256={made}"}
        return client.post(
            f"/k/{secret}/github", body, content_type="application/json", headers=headers
        )

    return sent


def test_a_suggestion_that_was_taken_on_github_corrects_the_lines(github):
    first = COMMENT
    thread = {"comments": [first | {"line": None, "diff_hunk": ""}]}
    events = (
        ("pull_request_review_thread", {"action": "resolved", "thread": thread}, "waiting"),
        ("pull_request_review_comment", {"action": "created", "comment": first}, "stored"),
        ("pull_request_review_comment", {"action": "created", "comment": first}, "duplicate"),
    )
    for event, payload, became in events:
        answer = github(event, AROUND | payload)
        assert (answer.status_code, answer.json()["status"]) == (200, became)
    corrected = Correction.objects.select_related("generation__output", "corrected").get()
    assert corrected.generation.output.text == LINE
    assert corrected.corrected.text == BETTER
    assert Reaction.objects.get().kind == "commented"
    assert not Quarantined.objects.exists()


def test_what_another_key_signed_is_refused_and_not_kept(github):
    payload = AROUND | {"action": "created", "comment": COMMENT}
    event = "pull_request_review_comment"
    for odd in (payload, b"{"):
        answer = github(event, odd, signed_with="emk_another")
        assert answer.status_code == 401
        assert "signed" in answer.json()["detail"]
    assert not Original.objects.exists()
    assert github(event, payload).status_code == 200
    assert Generation.objects.count() == Original.objects.count() == 1


def test_gitlab_sends_the_key_as_its_token(client, secret):
    payload = EVENT | {"object_attributes": NOTE | RESOLVED}

    def sent(token):
        headers = {"X-Gitlab-Token": token, "X-Gitlab-Event": "Note Hook"}
        body = json.dumps(payload)
        return client.post("/ingest/gitlab", body, content_type="application/json", headers=headers)

    for wrong in ("", "emk_another", secret[:-1]):
        assert sent(wrong).status_code == 401
    assert not Original.objects.exists()
    assert sent(secret).json() == {"status": "stored"}
    assert sent(secret).json() == {"status": "duplicate"}
    assert Correction.objects.count() == Generation.objects.count() == 1
