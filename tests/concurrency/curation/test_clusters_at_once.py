"""Workers that compare at once: near examples never miss each other, none is counted twice."""

import pytest

from curation import clusters
from curation.models import Cluster, ClusterMark, ClusterMember, Example, Sketch
from lib.clock import now
from tests.builders import make_project
from tests.cluster_builders import clusters_of, make_alike
from tests.race import Gate, Run, together

pytestmark = pytest.mark.django_db(transaction=True)


def two_that_meet(monkeypatch):
    """Two joins of two near examples, the first of them held once it has looked for others."""
    project = make_project()
    one, two = make_alike(project, "invoice"), make_alike(project, "invoice", 3)
    gate = Gate()
    unpatched = clusters._unite
    monkeypatch.setattr(clusters, "_unite", gate.before(unpatched))
    first = Run(clusters.join, project, [one.pk], now())
    gate.wait_until_reached()
    monkeypatch.setattr(clusters, "_unite", unpatched)
    second = Run(clusters.join, project, [two.pk], now())
    second.done_within(1)
    gate.open()
    assert [first.result(), second.result()] == [1, 1]
    return one, two


def test_two_near_examples_that_come_at_once_find_each_other(monkeypatch):
    one, two = two_that_meet(monkeypatch)
    assert clusters_of(one) == clusters_of(two) != [None]
    assert Cluster.objects.count() == 1


def test_without_the_mark_they_would_miss_each_other(monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    monkeypatch.setattr(clusters, "hold_mark", lambda project: None)
    assert clusters_of(*two_that_meet(monkeypatch)) == [None, None]


def test_many_workers_compare_each_example_once_into_one_cluster(monkeypatch):
    monkeypatch.setattr(clusters, "BATCH", 4)
    project = make_project()
    topics = ("fee", "tax", "rate")
    for number in range(36):
        make_alike(project, topics[number % 3], number // 3, client_id=f"r{number}")
    moment = now()
    for _ in range(20):
        together(*[lambda: clusters.join_waiting(12, moment)] * 4)
        if not clusters.due().exists():
            break
    assert Sketch.objects.count() == 36
    assert ClusterMember.objects.count() == 36
    alive = Cluster.objects.filter(merged_into=None)
    assert sorted(alive.values_list("size", flat=True)) == [12, 12, 12]
    assert set(ClusterMember.objects.values_list("cluster", flat=True)) == set(
        alive.values_list("pk", flat=True)
    )


def test_a_worker_does_not_wait_for_one_that_is_at_the_project():
    project = make_project()
    make_alike(project, "invoice")
    ClusterMark.objects.create(project=project)
    gate = Gate()

    def hold():
        with clusters.transaction.atomic():
            clusters.hold_mark(project.pk)
            gate.before(lambda: None)()

    holding = Run(hold)
    gate.wait_until_reached()
    waiting = Run(clusters.join_waiting, 10, now())
    assert waiting.done_within(5)
    assert waiting.result() == 0
    gate.open()
    holding.result()
    assert clusters.join_waiting(10, now()) == 1


def test_a_worker_that_dies_leaves_its_examples_due(monkeypatch):
    project = make_project()
    for number in range(2):
        make_alike(project, "invoice", number)

    def dies(*args):
        raise SystemError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(clusters, "_measure", dies)
        with pytest.raises(SystemError):
            clusters.join_waiting(10, now())
    assert not Sketch.objects.exists()
    assert Example.objects.filter(compared_at=None).count() == 2
    assert clusters.join_waiting(10, now()) == 2
    assert Cluster.objects.get().size == 2
