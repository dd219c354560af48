import pytest

from feedback.blobs import blob_id, keep, keep_all
from feedback.models import Blob
from tests.builders import make_project

pytestmark = pytest.mark.django_db


def test_a_text_is_kept_once_per_project():
    one, other = make_project(), make_project()
    first = keep(one, "x = 1\r\n🙂")
    assert keep(one, "x = 1\r\n🙂") == first
    assert first.text == "x = 1\r\n🙂"
    assert keep(other, first.text).pk != first.pk
    assert Blob.objects.count() == 2


def test_many_are_kept_at_once(django_assert_num_queries):
    project = make_project()
    keep(project, "b")
    with django_assert_num_queries(3):  # the savepoint, one statement
        ids = keep_all(project, ["a", "b", "c", "a"])
    assert ids == {text: blob_id(project.pk, text) for text in "abc"}
    assert set(Blob.objects.values_list("pk", "text")) == {(pk, text) for text, pk in ids.items()}


def test_nothing_to_keep_is_nothing_kept():
    assert keep_all(make_project(), []) == {}
    assert not Blob.objects.exists()
