import gzip
from base64 import b64encode
from datetime import timedelta

import pytest
from django.urls import reverse

from curation import publishing
from curation.dvc.pack_lines import FLUSH, line
from governance.models import AccessToken
from governance.tokens import make_token, revoke_token
from lib.clock import now
from tests.builders import make_ingest_key, make_person, make_project, make_reviewer
from tests.curation_builders import make_frozen

pytestmark = pytest.mark.django_db
Scope = AccessToken.Scope
REFS = "?service=git-upload-pack"
PACK = "application/x-git-upload-pack-request"


@pytest.fixture
def publication(settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path / "published"
    return publishing.publish(make_frozen(make_project()))


@pytest.fixture
def project(publication):
    return publication.version.project


def refs_of(project):
    return reverse("curation:git-refs", args=[project.slug]) + REFS


def stored_of(project, md5):
    return reverse("curation:dvc-file", args=[project.slug, f"{md5[:2]}/{md5[2:]}"])


def wants(*commits):
    told = [line(f"want {commit} no-progress") for commit in commits]
    return b"".join([*told, FLUSH, line("done")])


def addresses(publication):
    """Every address with what asks for it."""
    project = publication.version.project
    pack = reverse("curation:git-pack", args=[project.slug])
    md5 = publication.stored["sft/train.jsonl"]["md5"]
    return [
        lambda client, **more: closed(client.get(refs_of(project), **more)),
        lambda client, **more: closed(client.get(stored_of(project, md5), **more)),
        lambda client, **more: closed(client.post(pack, wants(publication.commit), PACK, **more)),
    ]


def closed(answer):
    """The answer, its file read and closed; to close it all would close the database as well."""
    if answer.streaming:
        answer.getvalue()
    return answer


def password(secret):
    told = b64encode(f"token:{secret}".encode()).decode()
    return {"headers": {"Authorization": f"Basic {told}"}}


def token_of(person, **how):
    return make_token(person, "dvc", timedelta(days=1), now(), **how)


@pytest.mark.parametrize("which", range(3))
def test_who_may_ask_what(client, publication, which):
    ask, project = addresses(publication)[which], publication.version.project
    answer = ask(client)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic ")
    for who, status in [
        (make_person(), 404),
        (make_reviewer(make_project()), 404),
        (make_person(project, "developer"), 403),
        (make_reviewer(project), 200),
    ]:
        secret = token_of(who, scope=Scope.READ)[1]
        assert ask(client, **password(secret)).status_code == status
        assert ask(client, headers={"Authorization": f"Bearer {secret}"}).status_code == status


@pytest.mark.parametrize("which", range(3))
def test_which_passwords_open(client, publication, which):
    ask, project = addresses(publication)[which], publication.version.project
    reader = make_reviewer(project)
    elsewhere = make_project()
    elsewhere.memberships.create(user=reader, role="reviewer")
    token, secret = token_of(reader, scope=Scope.READ, project=project)
    assert ask(client, **password(secret)).status_code == 200
    assert ask(client, **password(token_of(reader, project=elsewhere)[1])).status_code == 404
    assert ask(client, **password(make_ingest_key(project)[1])).status_code == 401
    assert ask(client, **password("correct horse battery")).status_code == 401
    assert ask(client, headers={"Authorization": "Basic ?"}).status_code == 401
    revoke_token(token, now())
    assert ask(client, **password(secret)).status_code == 401


def test_a_file_of_another_project_is_not_there(client, publication, project):
    other = publishing.publish(make_frozen(make_project()))
    client.force_login(make_reviewer(project))
    own = {told["md5"] for told in publication.stored.values()}
    (theirs,) = {other.stored["manifest.json"]["md5"]} - own
    assert client.get(stored_of(project, theirs)).status_code == 404
    pack = reverse("curation:git-pack", args=[project.slug])
    assert client.post(pack, wants(other.commit), PACK).status_code == 400


@pytest.mark.parametrize(
    "name",
    ["..", "../../git/config", "ab/../../../git/HEAD", "ab", "ab/" + "c" * 29, "AB/" + "c" * 30],
)
def test_what_is_no_md5_is_not_looked_for(client, project, name):
    client.force_login(make_reviewer(project))
    assert client.get(f"/dvc/{project.slug}/files/md5/{name}").status_code == 404


def test_a_file_comes_whole_and_is_kept(client, publication, project):
    client.force_login(make_reviewer(project))
    known = publication.stored["manifest.json"]
    answer = client.get(stored_of(project, known["md5"]))
    assert len(answer.getvalue()) == known["bytes"] == int(answer["Content-Length"])
    assert "immutable" in answer["Cache-Control"]
    answer = client.head(stored_of(project, known["md5"]))
    for close in answer._resource_closers:  # nothing read it to its end
        close()
    assert (answer.status_code, answer["Content-Length"]) == (200, str(known["bytes"]))


def test_nobody_pushes(client, project):
    client.force_login(make_reviewer(project))
    refs = reverse("curation:git-refs", args=[project.slug])
    assert client.get(f"{refs}?service=git-receive-pack").status_code == 403
    assert client.post(f"/git/{project.slug}.git/git-receive-pack").status_code == 404
    assert client.put(stored_of(project, "0" * 32)).status_code == 405


def test_a_project_without_versions_is_an_empty_repository(client, settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path
    project = make_project()
    client.force_login(make_reviewer(project))
    assert b"capabilities^{}" in client.get(refs_of(project)).getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"no lines",
        b"0003",
        b"00ffshort",
        b"-001",
        b"0006\xff\n",
        line("want everything"),
        line("filter blob:none"),
        line("deepen ٣"),
        wants("0" * 40),
    ],
)
def test_what_git_would_not_send_is_refused(client, project, body):
    client.force_login(make_reviewer(project))
    answer = client.post(reverse("curation:git-pack", args=[project.slug]), body, PACK)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_git_may_pack_what_it_asks_and_not_too_much(client, publication, project):
    client.force_login(make_reviewer(project))
    where = reverse("curation:git-pack", args=[project.slug])

    def ask(body):
        return client.post(where, body, PACK, headers={"Content-Encoding": "gzip"})

    assert b"PACK" in ask(gzip.compress(wants(publication.commit))).getvalue()
    assert ask(wants(publication.commit)).status_code == 400
    assert ask(gzip.compress(b"0" * 5_000_000)).status_code == 413


def test_what_is_not_published_yet_is_not_there(client, project):
    client.force_login(make_reviewer(project))
    told = client.get(refs_of(project)).getvalue().decode()
    assert "refs/tags/v1" in told
    assert "refs/tags/v2" not in told


def test_the_page_says_what_to_type(client, publication, project):
    version = publication.version
    page = reverse("curation:dataset", args=[project.slug, version.number])
    client.force_login(make_reviewer(project))
    told = client.get(page).text
    url = f"https://emend.example.org/git/{project.slug}.git"
    assert f"dvc get {url} dataset --rev v1" in told
    assert publication.commit in told
    client.force_login(make_person(project, "developer"))
    assert "dvc get" not in client.get(page).text


@pytest.mark.parametrize("state", ["waiting", "publishing", "failed"])
def test_the_page_says_that_it_is_not_there_yet(client, publication, project, state):
    changes = {"state": state, "problem": "The disk is full." if state == "failed" else ""}
    type(publication).objects.update(**changes)
    client.force_login(make_reviewer(project))
    told = client.get(reverse("curation:dataset", args=[project.slug, 1])).text
    assert "dvc get" not in told
    assert ("The disk is full." in told) is (state == "failed")


def test_the_page_of_a_version_that_is_not_in_line_yet(client, publication, project):
    type(publication).objects.all().delete()
    client.force_login(make_reviewer(project))
    told = client.get(reverse("curation:dataset", args=[project.slug, 1])).text
    assert "A worker publishes it" in told
