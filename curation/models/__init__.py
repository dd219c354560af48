"""From feedback to labelled examples, and to dataset versions."""

from curation.models.benchmarks import ProjectBenchmark
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
from curation.models.judge import JudgeChoice, JudgeCount
from curation.models.label_models import LabelModel
from curation.models.labelers import LabelerRule, LabelerWeight
from curation.models.publications import Publication
from curation.models.recalls import Recall
from curation.models.recipes import DatasetRecipe, LeftOut
from curation.models.runs import Run, RunLine
from curation.models.schedules import FreezeSchedule
from curation.models.voters import LearnedVoter

__all__ = [
    "Category",
    "Cluster",
    "ClusterMark",
    "ClusterMember",
    "DatasetRecipe",
    "DatasetRow",
    "DatasetVersion",
    "Decision",
    "Example",
    "FreezeSchedule",
    "IntakeMark",
    "JudgeChoice",
    "JudgeCount",
    "LabelModel",
    "LabelerRule",
    "LabelerWeight",
    "LearnedVoter",
    "LeftOut",
    "ProjectBenchmark",
    "Publication",
    "Recall",
    "Run",
    "RunLine",
    "Sketch",
    "Vote",
]
