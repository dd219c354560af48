"""Periodic work that needs to know what two apps do not tell each other."""

from celery import shared_task

from config.erasure.retention import sweep
from config.learning import train_where_due
from config.ordering import order_queue
from governance.models import Project
from lib import clock


@shared_task
def order_queues() -> None:
    """Every project's queue, into the order of what it would learn most from now."""
    for project in Project.objects.order_by("id"):
        order_queue(project, clock.now())


@shared_task
def train_voters() -> None:
    """The learned voter of every project that has decided enough since."""
    train_where_due(clock.now())


@shared_task
def erase_old() -> None:
    """What projects said they would not keep any longer."""
    sweep(clock.now())
