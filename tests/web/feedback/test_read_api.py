"""What was captured is read back: whole, in order, filtered, and by those only who may."""

import io
import json

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command

from feedback import reading
from feedback.models import Quarantined
from feedback.reading import KINDS
from governance.models import AccessToken, Role
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_admin, make_ingest_key, make_person, make_project, make_reviewer
from tests.feedback_builders import correction, generation, reaction
from tests.web.governance.test_tokens_page import MONTH

pytestmark = pytest.mark.django_db
REPORTED = ("generations", "reactions", "corrections")


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def report(client):
    def send(project, *records):
        secret = make_ingest_key(project)[1]
        answer = client.post(
            "/api/v1/feedback",
            json.dumps(records).encode(),
            content_type="application/json",
            headers={"X-API-Key": secret},
        )
        assert answer.status_code == 201, answer.content

    return send


@pytest.fixture
def ask(client):
    """Ask with a token of this person, for one project or all, reading only or not."""

    def get(person, path, project=None, scope=AccessToken.Scope.READ, method="get", **asked):
        secret = make_token(person, "script", MONTH, now(), scope=scope, project=project)[1]
        headers = {"Authorization": f"Bearer {secret}"}
        return getattr(client, method)(f"/api/v1/{path}", asked, headers=headers)

    return get


def some(count=5):
    for number in range(count):
        about = generation(id=f"g{number}", aliases=[f"a{number}"], plugin="1.2", confidence=0.5)
        yield about
        yield reaction(about, "survived", id=f"r{number}", value=0.25)
        yield correction(about, id=f"c{number}", comment="why")


def read_all(ask, person, project, kind, **asked):
    """Every record of a kind, page by page."""
    found, after = [], ""
    while after is not None:
        page = ask(person, kind, project, after=after, **asked).json()
        found += page["results"]
        after = page["after"]
    return found


def test_what_is_read_can_be_reported_again_and_is_the_same(ask, report, project):
    reviewer = make_reviewer(project)
    report(project, *some())
    first = {kind: read_all(ask, reviewer, project, kind, limit=2) for kind in REPORTED}
    other = make_project()
    report(other, *(row["record"] for kind in REPORTED for row in first[kind]))
    for kind in REPORTED:
        again = read_all(ask, make_reviewer(other), other, kind)
        assert [row["record"] for row in again] == [row["record"] for row in first[kind]]
        assert len(again) == 5
    record = first["generations"][0]["record"]
    assert (record["plugin"], record["aliases"], record["confidence"]) == ("1.2", ["a0"], 0.5)


def test_long_texts_make_small_pages_and_none_is_left_out(ask, report, project, monkeypatch):
    monkeypatch.setattr(reading, "BYTES", 2_500)
    report(project, *(generation(id=f"g{n}", prompt="p", output="x" * 1_000) for n in range(5)))
    reviewer = make_reviewer(project)
    assert len(ask(reviewer, "generations", project).json()["results"]) == 2
    found = read_all(ask, reviewer, project, "generations")
    assert [row["record"]["id"] for row in found] == [f"g{n}" for n in range(5)]


@pytest.mark.parametrize(
    ("kind", "asked", "found"),
    [
        ("generations", {"id": "g1"}, ["g1"]),
        ("generations", {"language": "cobol"}, []),
        ("generations", {"since": "2000-01-01T00:00:00Z"}, ["g0", "g1"]),
        ("generations", {"until": "2000-01-01T00:00:00Z"}, []),
        ("reactions", {"kind": "survived", "generation": "g0"}, ["r0"]),
        ("reactions", {"kind": "shown"}, []),
        ("corrections", {"generation": "g1"}, ["c1"]),
    ],
)
def test_filters(ask, report, project, kind, asked, found):
    report(project, *some(2))
    answer = ask(make_reviewer(project), kind, project, **asked)
    assert [row["record"]["id"] for row in answer.json()["results"]] == found


@pytest.mark.parametrize(
    "asked",
    [
        {"langauge": "python"},
        {"since": "yesterday"},
        {"limit": "0"},
        {"limit": "1000000"},
        {"after": "made-up"},
        {"id": "\0"},
    ],
)
def test_what_cannot_be_asked_is_refused(ask, project, asked):
    answer = ask(make_reviewer(project), "generations", project, **asked)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_cursor_of_another_kind_s_order_is_refused(ask, report, project):
    report(project, *some(2))
    admin = make_admin(project)
    after = ask(admin, "generations", project, limit=1).json()["after"]
    assert ask(admin, "quarantine", project, after=after).status_code == 400


def test_only_a_project_s_own_people_who_may_read_code_do(ask, report, project):
    report(project, *some(1))
    other = make_project()
    outsider, developer = make_reviewer(other), make_person(project, Role.DEVELOPER)
    for kind in KINDS:
        for path in (kind, f"{kind}.jsonl", f"{kind}.parquet"):
            assert ask(outsider, path).status_code == 422
            assert ask(outsider, f"{path}?project={project.slug}").status_code == 404
            assert ask(developer, path, project).status_code == 403
    assert ask(make_reviewer(project), "quarantine", project).status_code == 403
    assert ask(outsider, "generations", other).json() == {"results": [], "after": None}


def test_an_ingest_key_and_nobody_read_nothing(client, project):
    secret = make_ingest_key(project)[1]
    for headers in ({}, {"Authorization": f"Bearer {secret}"}, {"X-API-Key": secret}):
        answer = client.get(f"/api/v1/generations?project={project.slug}", headers=headers)
        assert answer.status_code == 401, headers


def test_a_token_reaches_no_further_than_it_says(ask, project):
    person, other = make_admin(project), make_project()
    other.memberships.create(user=person, role=Role.PROJECT_ADMIN)
    versions = "projects/{}/dataset-versions".format
    assert ask(person, f"generations?project={other.slug}").status_code == 200
    assert ask(person, f"generations?project={other.slug}", project).status_code == 404
    assert ask(person, versions(project.slug), project).status_code == 200
    assert ask(person, versions(other.slug), project).status_code == 404
    models = f"projects/{project.slug}/model-versions"
    assert ask(person, models, project, method="post").status_code == 403
    full = AccessToken.Scope.ALL
    assert "only read" not in ask(person, models, project, full, method="post").content.decode()


def test_files_have_what_pages_have(ask, report, project, tmp_path):
    report(project, *some())
    reviewer = make_reviewer(project)
    for kind in REPORTED:
        pages = read_all(ask, reviewer, project, kind)
        lines = b"".join(ask(reviewer, f"{kind}.jsonl", project).streaming_content)
        assert [json.loads(line) for line in lines.splitlines()] == pages
        told = b"".join(ask(reviewer, f"{kind}.parquet", project).streaming_content)
        table = pq.read_table(io.BytesIO(told)).to_pylist()
        assert [row["id"] for row in table] == [row["record"]["id"] for row in pages]
        call_command("export_feedback", kind, tmp_path / "f.jsonl", project=project.slug)
        assert (tmp_path / "f.jsonl").read_bytes() == lines
        call_command("export_feedback", kind, tmp_path / "f.parquet", project=project.slug)
        assert pq.read_table(tmp_path / "f.parquet").to_pylist() == table
        narrowed = ask(reviewer, f"{kind}.jsonl", project, id="none")
        assert b"".join(narrowed.streaming_content) == b""
    assert json.loads(table[0]["extra"] or "{}") == {}


def test_quarantine_is_read_by_those_who_run_the_project(ask, client, project):
    secret = make_ingest_key(project)[1]
    client.post(f"/k/{secret}/tabby/v1/events", b"{", content_type="application/json")
    held = Quarantined.objects.get()
    [row] = ask(make_admin(project), "quarantine", project, state="held").json()["results"]
    assert (row["stored_id"], row["client"], row["reason"]) == (held.pk, "tabby", held.reason)
    told = b"".join(ask(make_admin(project), "quarantine.parquet", project).streaming_content)
    assert pq.read_table(io.BytesIO(told)).to_pylist()[0]["event"] == row["event"]
