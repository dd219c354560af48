"""Two publishers of one version, and two versions of a project that end together."""

import pytest

from curation import datasets, publishing
from curation.dvc.repository import MAIN, Repository
from curation.models import DatasetVersion, Publication
from lib.clock import now
from lib.transitions import MoveRefused
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted, make_frozen
from tests.race import Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path


def fresh(version):
    return DatasetVersion.objects.select_related("project").get(pk=version.pk)


def next_of(version):
    make_accepted(version.project, repository="acme/more", client_id="more")
    found = datasets.request(version.project, make_curator(version.project), now())
    datasets.build(found)
    return fresh(found)


def refs_of(version):
    return publishing.places_of(version.project).repository.refs()


def test_three_publishers_of_one_version_make_one_commit():
    version = make_frozen(make_project())
    outcomes = together(*[lambda: publishing.publish(fresh(version))] * 3)
    assert all(isinstance(each, Publication | MoveRefused) for each in outcomes)
    publication = Publication.objects.get()
    assert publication.state == "published"
    assert refs_of(version) == dict.fromkeys([MAIN, "refs/tags/v1"], publication.commit)


def an_older_one_that_ends_late(monkeypatch, patience):
    """Version 1 is held before it names its commit; how far version 2 comes meanwhile."""
    first = make_frozen(make_project())
    second = next_of(first)
    gate = Gate()
    point = Repository.point
    held = gate.before(point)

    def point_late(self, refs):
        (held if "refs/tags/v1" in refs else point)(self, refs)

    monkeypatch.setattr(Repository, "point", point_late)
    older = Run(publishing.publish, first)
    assert gate.reached.wait(60)
    newer = Run(publishing.publish, second)
    ended = newer.done_within(patience)
    gate.opened.set()
    older.result()
    return ended, newer.result(), second


def test_the_newest_version_stays_what_main_is(monkeypatch):
    ended, newer, second = an_older_one_that_ends_late(monkeypatch, 1)
    assert not ended
    assert refs_of(second)[MAIN] == newer.commit
    repository = publishing.places_of(second.project).repository
    assert repository.parents(newer.commit) == [refs_of(second)["refs/tags/v1"]]


def test_without_the_projects_row_main_would_go_back(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_held", publishing.Project.objects.get)
        ended, newer, second = an_older_one_that_ends_late(patched, 30)
    assert ended
    assert refs_of(second)[MAIN] != newer.commit
