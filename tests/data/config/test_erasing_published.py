"""An erasure reaches what was published for DVC: new files without the lines, the old ones gone."""

from datetime import timedelta

import pytest

from config.erasure.erasing import erase
from config.erasure.requests import Subject
from curation import datasets, publishing
from curation.models import Publication
from lib.clock import now
from lib.transitions import MoveRefused
from tests.builders import make_admin, make_curator, make_project
from tests.curation_builders import make_accepted

pytestmark = pytest.mark.django_db
SECRET = "def only_mallory_wrote_this():"
LATER = timedelta(hours=1)  # past the grace for files that are just being noted


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path / "published"
    settings.DVC_REMOTE = str(tmp_path / "own")
    return tmp_path


@pytest.fixture
def version():
    project = make_project()
    make_accepted(project, developer="mallory", output=f"{SECRET}\n    return 1\n")
    make_accepted(project, developer="alice", repository="acme/other")
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    return version


def forget_mallory(version):
    erase(version.project, Subject("mallory"), make_admin(version.project), now())


def holding(folder, text):
    return [path for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]


def republished(version):
    (waiting,) = publishing.due(now())
    assert waiting.version_id == version.pk
    version = type(version).objects.get(pk=version.pk)
    return publishing.publish(version)


def test_files_are_published_anew_and_the_old_ones_go(version, folders):
    before = publishing.publish(version)
    assert len(holding(folders, SECRET.encode())) == 2 * len(
        holding(folders / "own", SECRET.encode())
    )
    assert holding(folders / "own", SECRET.encode())
    forget_mallory(version)
    after = republished(version)
    assert (after.state, after.problem) == ("published", "")
    assert after.commit != before.commit
    assert publishing.places_of(version.project).repository.refs()["refs/tags/v1"] == after.commit
    assert publishing.prune(version.project, now() + LATER) > 0
    assert holding(folders, SECRET.encode()) == []
    store = publishing.places_of(version.project).store
    assert all(store.holds(kept["md5"], kept["bytes"]) for kept in after.stored.values())


def test_pruning_leaves_what_is_published_and_what_is_young(version, folders):
    publishing.publish(version)
    assert publishing.prune(version.project, now() + LATER) == 0
    forget_mallory(version)
    assert publishing.prune(version.project, now()) == 0
    assert holding(folders, SECRET.encode())


def test_a_version_without_the_person_stays_as_it_was_published(version):
    project = version.project
    forget_mallory(version)
    make_accepted(project, developer="bob", repository="acme/third")
    second = datasets.request(project, make_curator(project), now())
    datasets.build(second)
    second.refresh_from_db()
    published = publishing.publish(second)
    make_accepted(project, developer="mallory2", repository="acme/fourth")
    erase(project, Subject("mallory2"), make_admin(project), now())
    published.refresh_from_db()
    assert published.state == "published"


def test_a_publisher_from_before_the_erasure_ends_nothing(version, monkeypatch):
    kept = publishing._store

    def with_an_erasure_behind(publication, store):
        folder = kept(publication, store)
        forget_mallory(version)
        Publication.objects.update(state="publishing")  # somebody else has begun anew
        return folder

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_store", with_an_erasure_behind)
        with pytest.raises(MoveRefused):
            publishing.publish(version)
    assert publishing.places_of(version.project).repository.refs() == {}
    assert Publication.objects.get().state == "publishing"
