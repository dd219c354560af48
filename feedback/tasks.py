"""What is done with feedback in the background."""

from datetime import UTC, datetime, timedelta

from celery import shared_task

from feedback import search
from feedback.ingest import join_found
from lib import clock

# Longer than a transaction lasts (config.database), as in curation.intake
OVERLAP = timedelta(minutes=10)


@shared_task
def join_orphans() -> None:
    """Join what came while its generation was on its way, in another transaction."""
    join_found(clock.now() - OVERLAP, clock.now())


@shared_task
def join_every_orphan() -> None:
    """The same for all that wait, whenever they came: what no overlap can promise."""
    while join_found(datetime(1970, 1, 1, tzinfo=UTC), clock.now()):
        pass


@shared_task
def index_generations() -> None:
    """Make what arrived findable."""
    while search.index_newest() == search.BATCH:
        continue


@shared_task
def index_every_generation() -> None:
    """The same for what came too late for that."""
    while search.index_from(0) == search.BATCH:
        continue
