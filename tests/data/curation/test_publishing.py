import hashlib
import json
import subprocess
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from curation import datasets, publishing, tasks
from curation.dvc.remote import remote_at
from curation.dvc.store import Store
from curation.exports import hugging_face
from curation.exports.catalogue import offered
from curation.models import Publication
from governance.models import LedgerEntry
from lib.clock import now
from lib.transitions import MoveRefused
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted, make_frozen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path / "published"
    return settings.PUBLISHED_DIR


def git(version, *words):
    root = publishing.places_of(version.project).repository.root
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def another(version):
    """The next version of the same project, with a row more."""
    project = version.project
    make_accepted(project, repository="acme/another", client_id=f"row-{project.pk}-next")
    found = datasets.request(project, make_curator(project), now())
    datasets.build(found)
    found.refresh_from_db()
    return found


def file_of(version, md5):
    return publishing.places_of(version.project).store.path_of(md5)


def test_what_is_published_is_a_repository_and_every_file_by_its_md5():
    version = make_frozen(make_project())
    publication = publishing.publish(version)
    assert (publication.state, publication.attempts) == ("published", 0)
    git(version, "fsck", "--strict", "--no-dangling")
    assert git(version, "rev-parse", "v1", "main", "HEAD").split() == [publication.commit] * 3
    names = git(version, "ls-tree", "-r", "--name-only", "v1").splitlines()
    assert names == [".dvc/.gitignore", ".dvc/config", ".gitignore", "dataset.dvc", "manifest.json"]
    pointer = git(version, "show", "v1:dataset.dvc")
    assert f"content_id: {version.content_id}" in pointer
    listed = pointer.split("md5: ")[1].split()[0]
    bytes_of_list = file_of(version, listed).read_bytes()
    assert hashlib.md5(bytes_of_list).hexdigest() + ".dir" == listed
    entries = {each["relpath"]: each["md5"] for each in json.loads(bytes_of_list)}
    (export,) = [each for each in offered(version) if each.format is hugging_face.FORMAT]
    assert sorted(entries) == sorted(file.path for file in export.files)
    for file in export.files:
        assert file_of(version, entries[file.path]).read_bytes() == b"".join(file.pieces())
    assert LedgerEntry.objects.filter(action="dataset version published").count() == 1


def test_versions_follow_each_other_and_share_what_is_the_same():
    first = make_frozen(make_project())
    second = another(first)
    commits = [publishing.publish(version).commit for version in (first, second)]
    assert git(first, "rev-list", "main").split() == commits[::-1]
    assert git(first, "tag").split() == ["v1", "v2"]
    refs = {"refs/heads/main": commits[1], "refs/tags/v1": commits[0], "refs/tags/v2": commits[1]}
    assert publishing.places_of(first.project).repository.refs() == refs


def test_a_version_that_comes_late_moves_nothing():
    first = make_frozen(make_project())
    second = another(first)
    newer = publishing.publish(second).commit
    publishing.publish(first)
    assert git(first, "rev-parse", "main") == newer
    assert git(first, "tag").split() == ["v1", "v2"]


def test_the_same_version_is_the_same_commit_wherever_it_is_published(folder, settings):
    version = make_frozen(make_project())
    commit = publishing.publish(version).commit
    settings.PUBLISHED_DIR = folder / "elsewhere"
    assert publishing.publish(version, again=True).commit == commit
    git(version, "fsck", "--strict")


class Killed(BaseException):
    """What no code of ours catches."""


def dies_after(calls, function):
    left = iter(range(calls))

    def wrapper(*args):
        if next(left, None) is None:
            raise Killed
        return function(*args)

    return wrapper


@pytest.mark.parametrize("survived", range(9))
def test_publishing_that_was_killed_goes_on_where_it_was(monkeypatch, survived):
    version = make_frozen(make_project())
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_put", dies_after(survived, publishing._put))
        patched.setattr(publishing, "finish", dies_after(0, publishing.finish))
        with pytest.raises(Killed):
            publishing.publish(version)
    left = Publication.objects.get()
    assert left.state == "publishing"
    assert list(publishing.due(now())) == []
    assert list(publishing.due(now() + timedelta(minutes=2))) == [left]
    wrote = []
    put = publishing._put
    monkeypatch.setattr(publishing, "_put", lambda *told: wrote.append(put(*told)))
    tasks.publish_dataset(version.pk)
    total = len(hugging_face.files(version))
    assert len(wrote) == total - min(survived, total)
    assert Publication.objects.get().state == "published"
    git(version, "fsck", "--strict")


def test_publishing_delivered_twice_publishes_once():
    version = make_frozen(make_project())
    tasks.publish_dataset(version.pk)
    at = Publication.objects.get().published_at
    tasks.publish_dataset(version.pk)
    assert Publication.objects.get().published_at == at
    with pytest.raises(MoveRefused):
        publishing.publish(version)
    tasks.publish_dataset(0)


def test_what_is_not_frozen_is_not_published():
    project = make_project()
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    with pytest.raises(MoveRefused):
        publishing.publish(version, again=True)
    assert not Publication.objects.exists()


def test_the_sweep_puts_frozen_versions_in_line(django_capture_on_commit_callbacks):
    version = make_frozen(make_project())
    with django_capture_on_commit_callbacks() as nudges:
        tasks.sweep_publications()
    assert len(nudges) == 1
    assert Publication.objects.get().state == "waiting"
    tasks.publish_dataset(version.pk)
    with django_capture_on_commit_callbacks() as nudges:
        tasks.sweep_publications()
    assert nudges == []


def test_lines_that_are_not_the_frozen_ones_are_not_published(monkeypatch, folder):
    version = make_frozen(make_project())
    monkeypatch.setattr(hugging_face, "lines", lambda version, path: iter([b"{}\n"]))
    publication = publishing.publish(version)
    assert (publication.state, publication.commit) == ("failed", "")
    assert "not what was frozen" in publication.problem
    altered = hashlib.md5(b"{}\n").hexdigest()
    assert not file_of(version, altered).exists()
    assert not list(folder.rglob("part-*"))


def test_what_dies_again_and_again_is_given_up_until_somebody_asks(monkeypatch):
    version = make_frozen(make_project())
    with monkeypatch.context() as patched:
        patched.setattr(Store, "put", dies_after(0, Store.put))
        for _ in range(publishing.ATTEMPTS):
            with pytest.raises(Killed):
                publishing.publish(version)
        assert publishing.publish(version).state == "failed"
    assert list(publishing.due(now() + timedelta(days=1))) == []
    call_command("publish_dataset", project=version.project.slug, version=1, verbosity=0)
    assert Publication.objects.get().state == "published"


def test_the_command_mends_what_was_lost():
    version = make_frozen(make_project())
    publication = publishing.publish(version)
    md5 = publication.stored["sft/train.jsonl"]["md5"]
    whole = file_of(version, md5).read_bytes()
    file_of(version, md5).write_bytes(whole[:-1])
    call_command("publish_dataset", project=version.project.slug, version=1, verbosity=0)
    assert file_of(version, md5).read_bytes() == whole


def test_the_command_says_what_it_cannot_do():
    version = make_frozen(make_project())
    with pytest.raises(CommandError, match="no frozen version 7"):
        call_command("publish_dataset", project=version.project.slug, version=7, verbosity=0)


def test_a_row_that_says_published_names_a_commit():
    publication = Publication(version=make_frozen(make_project()), state="published")
    with (
        pytest.raises(IntegrityError, match="publication_published_is_whole"),
        transaction.atomic(),
    ):
        publication.save()
    publication.state = "somewhere"
    with pytest.raises(IntegrityError, match="publication_state_known"), transaction.atomic():
        publication.save()


def test_projects_share_no_folder():
    one, other = make_frozen(make_project()), make_frozen(make_project())
    roots = {publishing.places_of(each.project).repository.root for each in (one, other)}
    assert len(roots) == 2


def test_a_remote_of_the_teams_own_has_the_same_files_and_gets_each_once(settings, tmp_path):
    settings.DVC_REMOTE = str(tmp_path / "shared")
    version = make_frozen(make_project())
    publishing.publish(version)
    slug, store = version.project.slug, publishing.places_of(version.project).store.root
    copy = tmp_path / "shared" / slug
    names = {path.relative_to(store) for path in store.rglob("*") if path.is_file()}
    assert {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()} == names
    for name in names:
        assert (copy / name).read_bytes() == (store / name).read_bytes()
    config = git(version, "show", "v1:.dvc/config")
    assert f"url = {copy}" in config
    assert "remote = emend" in config
    before = {name: (copy / name).stat().st_ino for name in names}
    publishing.publish(version, again=True)
    assert {name: (copy / name).stat().st_ino for name in names} == before


def test_a_remote_that_is_away_keeps_the_version_from_being_published(settings, tmp_path):
    settings.DVC_REMOTE = str(tmp_path / "file")
    (tmp_path / "file").write_text("no folder")
    version = make_frozen(make_project())
    with pytest.raises(OSError, match="Not a directory"):
        publishing.publish(version)
    assert Publication.objects.get().state == "publishing"
    assert publishing.places_of(version.project).repository.refs() == {}
    (tmp_path / "file").unlink()
    publishing.publish(version)
    assert Publication.objects.get().state == "published"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("s3://data/emend/", {"url": "s3://data/emend/p"}),
        ("s3://data", {"url": "s3://data/p"}),
        (
            "s3://data?endpoint=https://minio.example.org:9000&region=eu-1",
            {
                "url": "s3://data/p",
                "endpointurl": "https://minio.example.org:9000",
                "region": "eu-1",
            },
        ),
    ],
)
def test_dvc_is_told_of_a_bucket_as_it_is_set(address, told):
    assert remote_at(address, "p").settings == told
