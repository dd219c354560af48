import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse

from curation import datasets
from curation.exports.catalogue import BY_NAME, pieces_of
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_frozen, make_refrozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return make_frozen(make_project())


@pytest.fixture
def again(version):
    """A second version, for what compares two."""
    return make_refrozen(version.project)


def address(version, name="api-versions", *args):
    return reverse(f"curation:{name}", args=[version.project.slug, *args])


ALL = [
    ("api-versions", [], None),
    ("api-version", [1], None),
    ("api-file", [1, "sft/train.jsonl"], "developer"),
    ("api-changes", [2], None),
    ("api-changed", [2, "in"], "developer"),
    ("api-exports", [1], None),
    ("api-export-file", [1, "trl.zip"], "developer"),
]


@pytest.mark.parametrize(("name", "args", "reader"), ALL)
def test_who_may_ask_what(client, version, again, name, args, reader):
    where = address(version, name, *args)
    assert client.get(where).status_code == 401
    client.force_login(make_person())
    assert client.get(where).status_code == 404
    if reader:
        client.force_login(make_person(version.project, reader))
        answer = client.get(where)
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    client.force_login(make_reviewer(version.project))
    assert client.get(where).status_code == 200


def test_a_script_lists_reads_and_downloads_with_a_token(client, version):
    made = make_token(make_reviewer(version.project), "training", timedelta(days=1), now())
    secret = made[1]
    token = {"Authorization": f"Bearer {secret}"}
    (listed,) = client.get(address(version), headers=token).json()
    assert (listed["number"], listed["state"], listed["rows"]) == (1, "frozen", 3)
    shown = client.get(address(version, "api-version", 1), headers=token).json()
    assert shown["content_id"] == listed["content_id"] == version.content_id
    for file in shown["manifest"]["files"]:
        where = address(version, "api-file", 1, file["path"])
        answer = client.get(where, headers=token | {"Accept": "application/jsonl"})
        assert hashlib.sha256(answer.getvalue()).hexdigest() == file["sha256"]
        assert answer["ETag"] == f'"{file["sha256"]}"'


def test_a_script_finds_every_export_and_gets_it_whatever_it_accepts(client, version):
    client.force_login(make_reviewer(version.project))
    told = client.get(address(version, "api-exports", 1)).json()
    assert [each["name"] for each in told] == list(BY_NAME)
    for each in told:
        for name in [each["archive"], *(file["name"] for file in each["files"])]:
            where = address(version, "api-export-file", 1, name)
            answer = client.get(where, headers={"Accept": "application/zip"})
            assert answer.getvalue() == b"".join(pieces_of(version, name))
            etag = {"If-None-Match": answer["ETag"]}
            assert client.get(where, headers=etag).status_code == 304


def test_a_version_that_is_built_tells_how_far_it_is(client):
    project = make_project()
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    client.force_login(make_curator(project))
    shown = client.get(address(version, "api-version", 1)).json()
    assert (shown["state"], shown["content_id"], shown["manifest"]) == ("requested", "", {})
    assert client.get(address(version, "api-file", 1, "sft/train.jsonl")).status_code == 404
    assert client.get(address(version, "api-exports", 1)).json() == []
    assert client.get(address(version, "api-export-file", 1, "trl.zip")).status_code == 404


@pytest.mark.parametrize(
    ("name", "args"), [("api-version", [9]), ("api-file", [1, "x"]), ("api-export-file", [1, "x"])]
)
def test_what_is_not_there_is_a_problem(client, version, name, args):
    client.force_login(make_reviewer(version.project))
    answer = client.get(address(version, name, *args))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_number_beyond_the_database_is_not_found(client, version):
    client.force_login(make_reviewer(version.project))
    assert client.get(address(version, "api-version", 10**30)).status_code == 404
