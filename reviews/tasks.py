"""Periodic work of reviews: open slots, and take back leases that ran out."""

from celery import shared_task

from lib import clock
from reviews import queue


@shared_task
def open_review_tasks() -> None:
    """Open slots for labelled examples; several batches if many wait."""
    while queue.open_tasks(clock.now()) == queue.BATCH:
        continue


@shared_task
def sweep_leases() -> None:
    """Give back the slots whose lease ran out."""
    queue.sweep(clock.now())
