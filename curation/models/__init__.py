"""From feedback to labelled examples, and to dataset versions."""

from curation.models.datasets import DatasetRow, DatasetVersion
from curation.models.examples import (
    Category,
    Cluster,
    ClusterMark,
    ClusterMember,
    Decision,
    Example,
    IntakeMark,
    Sketch,
    Vote,
)
from curation.models.publications import Publication

__all__ = [
    "Category",
    "Cluster",
    "ClusterMark",
    "ClusterMember",
    "DatasetRow",
    "DatasetVersion",
    "Decision",
    "Example",
    "IntakeMark",
    "Publication",
    "Sketch",
    "Vote",
]
