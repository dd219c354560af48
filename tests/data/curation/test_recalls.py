"""A recall: what it takes along, what it keeps out, and what it leaves as it was frozen."""

import pytest

from config.erasure.erasing import erase
from config.erasure.requests import Subject
from config.recalled import reached
from curation import datasets, export, recalls
from curation.models import DatasetVersion, LeftOut, Recall
from curation.recalls import RecallRefused, kin_of, recall, recall_of, recalled_in, take_back
from governance.models import LedgerEntry
from lib.clock import now
from tests.builders import make_admin, make_curator, make_project
from tests.cluster_builders import code
from tests.curation_builders import make_accepted, make_refrozen
from tests.deployments_builders import make_live, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


def recalled(example, **changes):
    by = make_curator(example.project)
    return recall(example, "wrong", "It is wrong.", by, now(), **changes)


def examples_of(version):
    return set(version.rows.values_list("example", flat=True))


def bytes_of(version):
    paths = [file["path"] for file in version.manifest["files"]]
    return [line for path in paths for line in export.lines(version, path)]


def near(project, name, *changed):
    text = code("invoice", *changed)
    return make_accepted(
        project,
        client_id=name,
        output=text,
        ideal=f"{text}check(limit)\n",
        prompt=f"For {name}.",
    )


def test_what_is_recalled_is_in_no_later_version_and_earlier_ones_stay(project):
    bad, good = make_accepted(project), make_accepted(project)
    first = make_refrozen(project)
    before = bytes_of(first), first.content_id
    recalled(bad)
    second = make_refrozen(project)
    assert examples_of(second) == {good.pk}
    assert LeftOut.objects.get(version=second).reason == "recalled"
    first.refresh_from_db()
    assert (bytes_of(first), first.content_id) == before
    assert (recalled_in(first).lines, recalled_in(second).lines) == (1, 0)


def test_a_version_asked_for_before_is_named_as_holding_it(project):
    bad = make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    recalled(bad)
    datasets.build(version)
    assert examples_of(version) == {bad.pk}
    version.refresh_from_db()
    assert recalled_in(version).lines == 1
    assert [each.version for each in reached([bad]).versions] == [version]


def test_what_says_the_same_goes_with_it_whoever_sends_it_later(project):
    same = {"prompt": "p", "output": "x = 1\n", "ideal": "x = 2\n"}
    bad, twin = make_accepted(project, **same), make_accepted(project, **same)
    other = make_accepted(project)
    make_refrozen(project)
    assert {each.example for each in recalled(bad)} == {bad, twin}
    late = make_accepted(project, **same)
    second = make_refrozen(project)
    assert examples_of(second) == {other.pk}
    assert LeftOut.objects.get(version=second, example=late).reason == "recalled"


@pytest.mark.parametrize(("with_near", "count"), [(True, 2), (False, 1)])
def test_what_says_nearly_the_same_goes_with_it_if_that_is_wanted(project, with_near, count):
    one, other = near(project, "one"), near(project, "other", 3)
    version = make_refrozen(project)
    assert version.manifest["rows"] == 1
    assert kin_of(one).near == [other]
    assert not kin_of(one).same
    assert len(recalled(one, with_near=with_near)) == count


def test_it_can_be_taken_back_and_both_stay_on_the_record(project):
    bad = make_accepted(project)
    first = make_refrozen(project)
    recalled(bad)
    with pytest.raises(RecallRefused, match="recalled already"):
        recalled(bad)
    take_back(bad, "It was right.", make_curator(project), now())
    with pytest.raises(RecallRefused, match="not recalled"):
        take_back(bad, "Again.", make_curator(project), now())
    assert recall_of(bad) is None
    assert make_refrozen(project).content_id == first.content_id
    assert recalled_in(first).lines == 0
    assert list(Recall.objects.order_by("id").values_list("is_recalled", flat=True)) == [
        True,
        False,
    ]
    said = LedgerEntry.objects.filter(action__contains="recall").order_by("id")
    assert [each.action for each in said] == ["example recalled", "recall taken back"]


def test_it_names_the_models_that_learnt_from_it_and_where_they_answer(project):
    bad = make_accepted(project, repository="acme/api")
    version = make_refrozen(project)
    assert version.rows.get().split == "train"
    make_live(make_version(project, dataset_version=version.content_id), project)
    found = reached([bad])
    assert [each.lines for each in found.versions] == [1]
    assert [each.live_on for each in found.models] == [["complete"]]
    assert found.live_on == ["complete"]


def test_another_projects_recall_keeps_nothing_out(project):
    other = make_project()
    same = {"prompt": "p", "output": "x = 1\n", "ideal": "x = 2\n", "client_id": "same"}
    recalled(make_accepted(other, **same))
    mine = make_accepted(project, **same)
    assert examples_of(make_refrozen(project)) == {mine.pk}


def test_a_recall_goes_with_the_developer_it_is_about(project):
    bad = make_accepted(project, developer="jane-roe")
    make_accepted(project)
    make_refrozen(project)
    recalled(bad)
    erase(project, Subject("jane-roe"), make_admin(project), now())
    assert not Recall.objects.exists()
    assert recalls.recalled_in(DatasetVersion.objects.get()).lines == 0
