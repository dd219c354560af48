"""Taking clusters apart when examples of them are erased; who is left is compared anew."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Q

from curation.models import Cluster, ClusterMember, Example, Sketch


def touched(project: int, examples: Collection[int]) -> list[int]:
    """Clusters that one of the examples is in or stands for, and those merged into them."""
    mine = Cluster.objects.filter(project=project)
    found = mine.filter(Q(members__in=examples) | Q(exemplar__in=examples))
    reached = set(found.values_list("pk", flat=True))
    merged = mine.filter(merged_into__in=reached).values_list("pk", flat=True)
    return sorted(reached.union(merged))


def take_apart(clusters: Collection[int], gone: Collection[int]) -> None:
    """Remove clusters; their examples but for those `gone` are due again for comparing.

    The caller holds the project's mark (`curation.clusters.hold_mark`). What two examples had in
    common may have been a third that is gone, and a copy is found by its first example alone: so
    nothing of the cluster can be kept.
    """
    members = ClusterMember.objects.filter(cluster__in=clusters)
    left = list(members.exclude(pk__in=gone).values_list("pk", flat=True))
    members.filter(pk__in=left).delete()
    Sketch.objects.filter(pk__in=left).delete()
    Example.objects.filter(pk__in=left).update(compared_at=None)
    members.delete()
    with connection.cursor() as cursor:  # one of them may be merged into another: all at once
        cursor.execute("DELETE FROM curation_cluster WHERE id = ANY(%s)", [list(clusters)])
