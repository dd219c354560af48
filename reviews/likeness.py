"""Which slots to serve where examples are near-duplicates: one of a cluster, its exemplar first."""

from collections.abc import Collection

from django.db import connection
from django.db.models import OuterRef, QuerySet

from curation.models import Cluster, ClusterMember
from lib.statements import EachExists
from reviews.models import ReviewTask

# A text of its own: every claim asks
PLACES = f"""
SELECT member.example_id, member.cluster_id, cluster.exemplar_id
  FROM {ClusterMember._meta.db_table} AS member
  JOIN {Cluster._meta.db_table} AS cluster ON cluster.id = member.cluster_id
 WHERE member.example_id = ANY(%s)
"""  # noqa: S608  our own names


def apart(tasks: QuerySet[ReviewTask]) -> QuerySet[ReviewTask]:
    """The slots without those whose near-duplicate somebody holds: they are decided with it.

    A preference and no promise: two people who claim at one moment may get two of a cluster.
    """
    own = ClusterMember.objects.filter(example=OuterRef(OuterRef("example"))).values("cluster")
    # not by its state: the index of all that is held would be read from end to end
    held = ReviewTask.objects.filter(example=OuterRef("example"), lease_token__isnull=False)
    alike = ClusterMember.objects.filter(EachExists(held), cluster__in=own)
    return tasks.filter(~EachExists(alike))


def places_of(tasks: Collection[ReviewTask]) -> dict[int, tuple[int, int]]:
    """The cluster and its exemplar, by the example of each slot that has near-duplicates."""
    with connection.cursor() as cursor:
        cursor.execute(PLACES, [[task.example_id for task in tasks]])
        return {example: (cluster, exemplar) for example, cluster, exemplar in cursor.fetchall()}
