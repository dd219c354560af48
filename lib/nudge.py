"""Wake a worker after commit; the nudge may be lost, because the row itself says it is due."""

from functools import partial
from typing import Any

from celery import Task
from django.db import transaction


def nudge(task: "Task[Any, Any]", *args: int | str) -> None:
    """Publish once this transaction commits.

    robust=True: a dead broker is logged and never fails a request that has committed. The
    sweep (config.celery) finds the work again.
    """
    transaction.on_commit(partial(task.delay, *args), robust=True)
