"""The real DVC and git, unmodified, against a running server: what is published is theirs to read.

`make test` makes DVC's environment; what it holds is in dvc.txt beside this file.
"""

import hashlib
import os
import socket
import subprocess
import time
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from pyarrow.fs import S3FileSystem

from curation import datasets, publishing
from governance.models import AccessToken
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_curator, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_frozen
from tests.installed import installed
from tests.live import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
BIN = Path(os.environ.get("DVC_ENVIRONMENT", ROOT / ".cache/dvc")) / "bin"

ACCESS = {"AWS_ACCESS_KEY_ID": "one", "AWS_SECRET_ACCESS_KEY": "two"}


@pytest.fixture(scope="module")
def bin():
    """Where DVC's own environment has its programs."""
    return installed(BIN / "dvc").parent


@pytest.fixture(scope="module")
def server(django_db_setup, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    started = Server(EMEND_DATA_DIR=str(folder))
    started.folder = folder
    yield started
    started.kill()


@pytest.fixture
def version(server, settings):
    """A version with its project, published by the server that runs."""
    settings.PUBLIC_ADDRESS = f"http://127.0.0.1:{server.port}"
    settings.PUBLISHED_DIR = server.folder / "published"
    version = make_frozen(make_project())
    publishing.publish(version)
    return version


def another(version):
    """The next version of the same project, published too."""
    project = version.project
    make_accepted(project, repository="acme/more", client_id=f"more-{version.number}")
    found = datasets.request(project, make_curator(project), now())
    datasets.build(found)
    found.refresh_from_db()
    publishing.publish(found)
    return found


@pytest.fixture
def person(bin, version, server, tmp_path):
    """Somebody elsewhere with a token, who told git and DVC of it once, as the page says."""
    reader, scope = make_reviewer(version.project), AccessToken.Scope.READ
    _, token = make_token(
        reader, "dvc", timedelta(hours=1), now(), scope=scope, project=version.project
    )
    found = Person(bin, tmp_path / "home", server.port, token)
    found.does("sh", "-ec", commands(version, "Commands to log in"))
    return found


def commands(version, titled):
    """What the version's page says to type."""
    context = {"dvc": publishing.told_of(version), "version": version, "project": version.project}
    block = render_to_string("curation/parts/dvc.html", context).split(f'"{titled}"')[1]
    shown = block.split("<code>")[1].split("</code>")[0].replace('<span class="p">$ </span>', "")
    return unescape(shown)


class Person:
    """A home folder with credentials, and commands run in it."""

    def __init__(self, bin, home, port, token):
        self.home, self.port, self.token = home, port, token
        home.mkdir()
        self.variables = {
            "PATH": f"{bin}:{os.environ['PATH']}",
            "HOME": str(home),
            "GIT_TERMINAL_PROMPT": "0",
            "DVC_NO_ANALYTICS": "1",
            "TOKEN": token,
        }
        self.does("git", "config", "--global", "user.email", "person@example.org")
        self.does("git", "config", "--global", "user.name", "Person")

    def url(self, version, secret=""):
        return f"http://{secret}127.0.0.1:{self.port}/git/{version.project.slug}.git"

    def tries(self, *command, at="."):
        return subprocess.run(
            command,
            cwd=self.home / at,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def does(self, *command, at="."):
        done = self.tries(*command, at=at)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def has(self, version, at):
        """Whether the folder has every file of the version as it was frozen."""
        for file in version.manifest["files"]:
            body = (self.home / at / file["path"]).read_bytes()
            assert hashlib.sha256(body).hexdigest() == file["sha256"]
        assert (self.home / at / "manifest.json").is_file()


def test_dvc_gets_a_version_a_file_of_it_and_lists_it(person, version):
    url = person.url(version)
    get, _, listing = commands(version, "Commands to get it").splitlines()
    person.does("sh", "-ec", get)
    (person.home / "dataset").rename(person.home / "data")
    person.has(version, "data")
    person.does("dvc", "get", url, "dataset/sft/train.jsonl", "--rev", "v1", "-o", "one.jsonl")
    assert (person.home / "one.jsonl").read_bytes() == (
        person.home / "data/sft/train.jsonl"
    ).read_bytes()
    assert "dataset.dvc" in person.does("sh", "-ec", listing)
    listed = person.does("dvc", "list", "-R", "--dvc-only", url, "--rev", "v1").split()
    told = [file["path"] for file in version.manifest["files"]]
    beside = ["README.md", "croissant.json", "manifest.json"]
    assert sorted(listed) == sorted(f"dataset/{path}" for path in [*told, *beside])


def test_a_clone_pulls_and_its_status_is_clean(person, version):
    person.does("git", "clone", "--branch", "v1", person.url(version), "clone")
    person.does("dvc", "pull", at="clone")
    person.has(version, "clone/dataset")
    assert "up to date" in person.does("dvc", "status", at="clone")
    assert "in sync" in person.does("dvc", "status", "--cloud", at="clone")
    assert person.does("git", "status", "--porcelain", at="clone") == ""


def test_a_repository_of_their_own_imports_it(person, version):
    (person.home / "own").mkdir()
    person.does("git", "init", at="own")
    person.does("dvc", "init", at="own")
    person.does("dvc", "import", person.url(version), "dataset", "--rev", "v1", at="own")
    person.has(version, "own/dataset")
    assert "up to date" in person.does("dvc", "status", at="own")
    assert person.token not in (person.home / "own/dataset.dvc").read_text()


def test_later_versions_come_by_what_they_use_anyway(person, version):
    url = person.url(version)
    person.does("git", "clone", url, "clone")
    (person.home / "own").mkdir()
    person.does("git", "init", at="own")
    person.does("dvc", "init", at="own")
    person.does("dvc", "import", url, "dataset", "--rev", "v1", at="own")
    second = another(version)
    person.does("git", "pull", at="clone")
    person.does("dvc", "pull", at="clone")
    person.has(second, "clone/dataset")
    person.does("dvc", "update", "--rev", "v2", "dataset.dvc", at="own")
    person.has(second, "own/dataset")
    person.does("dvc", "get", url, "dataset", "--rev", "v1")
    person.has(version, "dataset")
    person.does("git", "checkout", "v1", at="clone")
    person.does("dvc", "pull", at="clone")
    person.has(version, "clone/dataset")


def test_git_takes_as_much_of_the_history_as_it_asks_for(person, version):
    url = person.url(version)
    last = version
    for _ in range(3):
        last = another(last)
    person.does("git", "clone", "--depth", "1", url, "clone")
    depth = ("git", "rev-list", "--count", "HEAD")
    assert person.does(*depth, at="clone").strip() == "1"
    person.does("git", "fetch", "--depth", "2", at="clone")
    assert person.does(*depth, at="clone").strip() == "2"
    another(last)
    person.does("git", "pull", at="clone")
    assert person.does(*depth, at="clone").strip() == "3"
    person.does("git", "fetch", "--unshallow", at="clone")
    assert person.does(*depth, at="clone").strip() == "5"
    person.does("git", "fetch", "--tags", at="clone")
    assert person.does("git", "tag", at="clone").split() == ["v1", "v2", "v3", "v4", "v5"]
    person.does("git", "fsck", "--strict", at="clone")


def test_nothing_is_pushed(person, version):
    person.does("git", "clone", person.url(version), "clone")
    person.does("git", "commit", "--allow-empty", "-m", "mine", at="clone")
    assert person.tries("git", "push", at="clone").returncode != 0
    person.does("dvc", "pull", at="clone")
    (person.home / "clone/dataset/manifest.json").write_text("{}")
    person.does("dvc", "commit", "--force", at="clone")
    assert person.tries("dvc", "push", at="clone").returncode != 0


def test_without_a_home_everything_is_told_in_the_command(person, version):
    (person.home / ".netrc").unlink()
    (person.home / ".git-credentials").unlink()
    url = person.url(version, f"token:{person.token}@")
    words = ["auth=basic", "user=token", f"password={person.token}"]
    person.does("dvc", "get", url, "dataset", "--rev", "v1", "--remote-config", *words)
    person.has(version, "dataset")


def test_another_projects_token_gets_nothing(person, version, server):
    other = make_frozen(make_project())
    publishing.publish(other)
    done = person.tries("dvc", "get", person.url(other), "dataset", "--rev", "v1")
    assert done.returncode != 0
    assert not (person.home / "dataset").exists()


@pytest.fixture
def bucket(bin, monkeypatch, settings):
    """A bucket of a server that speaks S3, for whoever has the variables; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    child = subprocess.Popen([bin / "python", bin / "moto_server", "-p", str(port)])
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    of_server = {"endpoint_override": f"127.0.0.1:{port}", "scheme": "http"}
    S3FileSystem(**of_server, allow_bucket_creation=True).create_dir("data")
    settings.DVC_REMOTE = f"s3://data/emend?endpoint=http://127.0.0.1:{port}&region=us-east-1"
    yield settings.DVC_REMOTE
    child.kill()
    child.wait(20)


def test_the_files_come_from_a_bucket_of_their_own(bucket, person, version):
    second = another(version)
    person.variables |= ACCESS
    (person.home / ".netrc").unlink()  # nothing comes from the server but the repository
    url = person.url(version)
    person.does("dvc", "get", "--remote", "own", url, "dataset", "--rev", "v2")
    person.has(second, "dataset")
    person.does("git", "clone", url, "clone")
    person.does("dvc", "pull", "--remote", "own", at="clone")
    person.has(second, "clone/dataset")
    assert "in sync" in person.does("dvc", "status", "--cloud", "--remote", "own", at="clone")


def test_the_files_come_from_a_folder_that_is_mounted(person, version, settings, tmp_path):
    settings.DVC_REMOTE = str(tmp_path / "mounted")
    second = another(version)
    (person.home / ".netrc").unlink()
    person.does("dvc", "get", "--remote", "own", person.url(version), "dataset", "--rev", "v2")
    person.has(second, "dataset")
