import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation import clusters, nearness
from curation.clusters import grouped, join, join_waiting
from curation.models import Cluster, ClusterMember, Example, Sketch
from curation.tasks import find_near_duplicates
from lib.clock import now
from tests.builders import make_project
from tests.cluster_builders import clusters_of, make_alike
from tests.curation_builders import make_example, make_labelled

pytestmark = pytest.mark.django_db


def likeness_of(example):
    return ClusterMember.objects.get(pk=example.pk).likeness


def test_near_examples_come_into_one_cluster_and_others_into_none():
    project = make_project()
    one, two = make_alike(project, "invoice"), make_alike(project, "invoice", 3)
    alone = make_alike(project, "session")
    assert join_waiting(100, now()) == 3
    first, second, none = clusters_of(one, two, alone)
    assert first == second is not None
    assert none is None
    assert Cluster.objects.get().size == 2


def test_an_example_is_compared_once_labelled_and_never_again():
    project = make_project()
    arrived = make_example(project)
    labelled = make_labelled(project)
    assert join_waiting(100, now()) == 1
    assert join_waiting(100, now()) == 0
    assert Sketch.objects.get().example == labelled
    assert clusters.due().count() == 0
    assert Example.objects.get(pk=arrived.pk).compared_at is None


def test_what_comes_later_joins_what_is_there():
    project = make_project()
    one = make_alike(project, "invoice")
    join_waiting(100, now())
    two = make_alike(project, "invoice", 1)
    join_waiting(100, now())
    three = make_alike(project, "invoice", 2)
    join_waiting(100, now())
    assert len(set(clusters_of(one, two, three))) == 1
    assert Cluster.objects.get().size == 3


def test_two_clusters_that_turn_out_to_be_one_are_merged_into_the_older():
    project = make_project()
    left = [make_alike(project, "fee"), make_alike(project, "fee", 0)]
    right = [make_alike(project, "fee", *range(6)), make_alike(project, "fee", *range(7))]
    join_waiting(100, now())
    kept, gone = Cluster.objects.order_by("id")
    between = make_alike(project, "fee", 0, 1, 2)
    join_waiting(100, now())
    assert set(clusters_of(*left, *right, between)) == {kept.pk}
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.size, kept.merged_into) == (5, None)
    assert (gone.size, gone.merged_into) == (0, kept)
    assert kept.exemplar == between
    assert likeness_of(between) == 1


def test_the_exemplar_is_most_like_the_others_and_each_knows_how_like_it_is():
    project = make_project()
    examples = [make_alike(project, "tax", *each) for each in ((2,), (), (5,), (8, 9, 10))]
    join_waiting(100, now())
    cluster = Cluster.objects.get()
    assert cluster.exemplar == examples[1]
    found = [likeness_of(each) for each in examples]
    assert found[1] == 1
    assert found[0] >= nearness.ALIKE
    assert found[3] < nearness.ALIKE


def test_copies_join_the_first_of_their_kind_and_are_found_by_it_alone():
    project = make_project()
    copies = [make_alike(project, "rate", client_id=f"copy-{n}") for n in range(5)]
    spaced = make_alike(project, "rate", client_id="spaced")
    join_waiting(3, now())
    join_waiting(100, now())
    assert len(set(clusters_of(*copies, spaced))) == 1
    assert [bool(each.bands) for each in Sketch.objects.order_by("example")] == [True] + [False] * 5
    near = make_alike(project, "rate", 4)
    join_waiting(100, now())
    assert clusters_of(near) == clusters_of(copies[4])
    assert Cluster.objects.get().exemplar == copies[0]


def test_another_projects_examples_are_no_neighbours():
    one = make_alike(make_project(), "invoice")
    two = make_alike(make_project(), "invoice")
    assert join_waiting(100, now()) == 2
    assert clusters_of(one, two) == [None, None]


def test_code_without_a_word_is_near_to_nothing():
    project = make_project()
    empty = [make_labelled(project, output="", ideal=" \n") for _ in range(2)]
    assert join_waiting(100, now()) == 2
    assert clusters_of(*empty) == [None, None]


def test_the_order_they_come_in_makes_no_difference():
    changed = [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), (7,)]
    partitions = []
    for step in (1, 5):
        project = make_project()
        examples = {}
        for place in range(0, len(changed) * step, step):
            lines = changed[place % len(changed)]
            examples[lines] = make_alike(project, "order", *lines)
            join_waiting(100, now())
        partitions.append(len(set(clusters_of(*examples.values()))))
    assert partitions == [1, 1]


def test_a_crowd_of_texts_keeps_its_exemplar_and_measures_newcomers(monkeypatch):
    monkeypatch.setattr(nearness, "MEASURED", 2)
    project = make_project()
    one, two = make_alike(project, "due"), make_alike(project, "due", 1)
    join_waiting(100, now())
    late = [make_alike(project, "due", 5), make_alike(project, "due", 6)]
    join_waiting(100, now())
    assert Cluster.objects.get().exemplar == one
    assert all(0.7 < likeness_of(each) < 1 for each in (two, *late))


def test_a_crowd_of_long_texts_does_too(monkeypatch):
    project = make_project()
    one, two = make_alike(project, "due", 3), make_alike(project, "due", 1)
    join_waiting(100, now())
    monkeypatch.setattr(nearness, "MEASURED_BYTES", 100)
    late = [make_alike(project, "due"), make_alike(project, "due", 6)]
    join_waiting(100, now())
    assert Cluster.objects.get().exemplar == one  # though `late[0]` is more like the others
    assert all(0.7 < likeness_of(each) < 1 for each in (two, *late))


def test_no_more_text_than_fits_is_read_at_once_and_the_clusters_are_the_same(monkeypatch):
    project = make_project()
    examples = [make_alike(project, "fee", n, client_id=f"b{n}") for n in range(4)]
    read, texts_of = [], clusters._texts_of
    monkeypatch.setattr(clusters, "BATCH_BYTES", 1_200)  # one of them has about 950
    monkeypatch.setattr(
        clusters, "_texts_of", lambda pks, words: read.append(len([*pks])) or texts_of(pks, words)
    )
    monkeypatch.setattr(nearness, "MEASURED_BYTES", 1_200)
    assert join_waiting(100, now()) == 4
    assert max(read) == 1
    assert len(set(clusters_of(*examples))) == 1


def test_many_that_are_no_copies_are_found_with_few_queries():
    project = make_project()
    examples = [make_alike(project, "open", n % 12, client_id=f"m{n}").pk for n in range(30)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        join(project, examples, now())
    assert len(queries) < 30


def test_joining_twice_changes_nothing():
    project = make_project()
    pks = [make_alike(project, "paid", n).pk for n in range(2)]
    assert join(project, pks, now()) == 2
    before = list(ClusterMember.objects.values())
    assert join(project, pks, now()) == 0
    find_near_duplicates()
    assert list(ClusterMember.objects.values()) == before


def test_groups_follow_edges_and_clusters():
    assert grouped([(1, 2), (3, 4)], {}) == [{1, 2}, {3, 4}]
    assert grouped([(1, 2), (3, 4)], {2: 9, 4: 9}) == [{1, 2, 3, 4}]
    assert grouped([(1, 2)], {1: 8}) == [{1, 2}]
    assert grouped([], {}) == []
