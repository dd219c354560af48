"""Builders of near-duplicates: the same code with a word or two changed."""

from curation import clusters
from curation.models import Cluster, ClusterMember
from lib.clock import now
from reviews import slots
from reviews.models import ReviewTask
from tests.curation_builders import make_labelled

LINES = 12


def code(topic, *changed, lines=LINES):
    """Code about something; the lines named in `changed` differ from every other's."""
    return "".join(
        f"{topic}_{at} = compute({'other' if at in changed else topic}, rate_{at}, limit)\n"
        for at in range(lines)
    )


def make_alike(project, topic, *changed, **changes):
    """A labelled example about `topic`: near to every other of the same topic."""
    told = {"output": code(topic, *changed), "ideal": code(topic, *changed) + "check(limit)\n"}
    return make_labelled(project, **told | changes)


def make_cluster(project, how_many=3, topic="invoice", **changes):
    """A cluster with open slots, the exemplar's first; each its own file."""
    examples = [
        make_alike(project, topic, *([] if n == 0 else [n]), file_path=f"{topic}/{n}.py", **changes)
        for n in range(how_many)
    ]
    clusters.join_waiting(1_000, now())
    slots.open_tasks(now())
    cluster = Cluster.objects.get(members__example=examples[0])
    assert cluster.size == how_many
    assert cluster.exemplar == examples[0]
    tasks = ReviewTask.objects.filter(example__in=examples).order_by("example", "slot")
    return cluster, list(tasks)


def clusters_of(*examples):
    """The cluster of each, None where it is in none."""
    found = dict(ClusterMember.objects.values_list("example", "cluster"))
    return [found.get(each.pk) for each in examples]
