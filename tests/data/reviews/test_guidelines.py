import pytest
from django.db import IntegrityError, connection, transaction

from curation.categories import by_slug, tree
from governance.models import LedgerEntry
from lib.canonical import sha256_hex
from lib.clock import now
from reviews import guidelines
from reviews.models import Guideline
from tests.builders import make_curator, make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    made = make_project()
    by_slug(made)
    return made


@pytest.fixture
def curator(project):
    return make_curator(project)


def write(project, curator, text, after, category=None):
    return guidelines.write(project, category, text, "because", curator, now(), after=after)


def test_each_text_counts_its_own_versions(project, curator):
    logic = by_slug(project)["logic"]
    write(project, curator, "All", 0)
    assert write(project, curator, "Logic", 0, logic).number == 1
    assert write(project, curator, "Logic, again", 1, logic).number == 2
    assert guidelines.in_force(project)[logic.pk].text == "Logic, again"
    assert guidelines.in_force(project)[None].text == "All"


def test_a_version_is_on_the_record_with_the_digest_of_its_text(project, curator):
    write(project, curator, "All", 0)
    entry = LedgerEntry.objects.get(project=project, action="guideline written")
    assert entry.subject_digest == sha256_hex(b"All")


def test_nobody_writes_over_a_version_they_have_not_seen(project, curator):
    write(project, curator, "One", 0)
    with pytest.raises(guidelines.Overtaken):
        write(project, curator, "Two", 0)
    assert [version.text for version in guidelines.history(project, None)] == ["One"]


def test_the_database_keeps_two_writers_of_one_number_apart(project, curator, monkeypatch):
    """Both read before either wrote: the constraint decides, also where the category is null."""
    write(project, curator, "One", 0)
    monkeypatch.setattr(guidelines, "history", lambda *_: Guideline.objects.none())
    with pytest.raises(guidelines.Overtaken):
        write(project, curator, "Two", 0)
    assert Guideline.objects.count() == 1
    assert LedgerEntry.objects.filter(action="guideline written").count() == 1


def test_the_same_text_is_no_new_version(project, curator):
    write(project, curator, "One", 0)
    with pytest.raises(guidelines.Unchanged):
        write(project, curator, "One", 1)


def test_an_empty_version_takes_the_text_back(project, curator):
    write(project, curator, "One", 0)
    write(project, curator, "", 1)
    assert guidelines.in_force(project) == {}


def test_a_category_is_guided_by_its_own_text_then_those_above_then_the_projects(project, curator):
    logic = by_slug(project)["logic"]
    child = logic.children.create(project=project, slug="wrong-api", name="Wrong API")
    write(project, curator, "All", 0)
    write(project, curator, "Logic", 0, logic)
    found = guidelines.guiding(child, list(tree(project)), project)
    assert [each.text for each in found] == ["Logic", "All"]


def test_another_projects_texts_guide_nobody_here(project, curator):
    other = make_project()
    write(other, make_curator(other), "Theirs", 0)
    assert guidelines.in_force(project) == {}
    assert [each.number for each in guidelines.chapters(project)] == [0] * 6


def test_a_flag_is_shown_until_a_version_answers_it(project, curator):
    task = make_task(project)
    guidelines.flag(task.example, None, "What of logs?", make_reviewer(project), now())
    assert [flag.why for flag in guidelines.chapters(project)[0].flags] == ["What of logs?"]
    write(project, curator, "Logs may hold ids", 0)
    assert guidelines.chapters(project)[0].flags == []


def test_versions_cannot_be_changed(project, curator):
    write(project, curator, "One", 0)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute("UPDATE reviews_guideline SET text = 'other'")
