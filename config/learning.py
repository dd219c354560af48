"""Joins verdicts in random order, which reviews know, with the voter that curation trains.

The training itself is imported when it is due, and scikit-learn with it: few workers ever need it.
"""

import logging
from datetime import datetime
from importlib import import_module

from curation.learned_voters import is_due, retrain
from curation.models import LearnedVoter
from governance.models import Project
from reviews.models import ReviewTask

log = logging.getLogger(__name__)


def train_where_due(now: datetime) -> None:
    """Train the learned voter of every project that has decided enough since the last time."""
    for project in Project.objects.order_by("id"):
        if is_due(project):
            train(project, now)


def train(project: Project, now: datetime) -> LearnedVoter | None:
    """Train the project's learned voter; None where its verdicts are all of one category."""
    training = import_module("curation.learned.training")
    drawn = ReviewTask.objects.filter(project=project, is_random=True)
    gold = set(drawn.values_list("example_id", flat=True))
    try:
        return retrain(project, gold, training.trained, now)
    except training.TooFew:
        log.info("nothing to learn from the verdicts of %s", project.slug)
        return None
