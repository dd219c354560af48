"""Joins verdicts in random order, which reviews know, with what curation trains and measures.

The training itself is imported when it is due, and scikit-learn with it: few workers ever need it.
"""

import logging
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db.models import QuerySet

from curation import label_models
from curation.learned_voters import give_up, is_due, retrain
from curation.models import LabelModel, LearnedVoter
from governance.models import Project
from lib import clock
from reviews.models import ReviewTask

log = logging.getLogger(__name__)


def train_where_due(now: datetime) -> None:
    """Train voters and measure labels of projects that decided enough since the last time."""
    for project in Project.objects.order_by("id"):
        if is_due(project):
            train(project, now)
        if label_models.is_due(project, _in_random_order(project)):
            measure(project, now)


def train(project: Project, now: datetime) -> LearnedVoter | None:
    """Train the project's learned voter; None where its verdicts are all of one category."""
    training = import_module("curation.learned.training")
    gold = set(_in_random_order(project).values_list("example_id", flat=True))
    try:
        return retrain(project, gold, training.trained, now)
    except training.TooFew:
        log.info("nothing to learn from the verdicts of %s", project.slug)
        give_up(project, clock.now())
        return None


def measure(project: Project, now: datetime) -> LabelModel | None:
    """Measure the project's labels, and choose how votes become one; None with few verdicts."""
    combining = import_module("curation.combining")
    return label_models.remeasure(project, _in_random_order(project), combining.measured, now)


def _in_random_order(project: Project) -> QuerySet[ReviewTask, Any]:
    return ReviewTask.objects.filter(project=project, is_random=True).values("example_id")
