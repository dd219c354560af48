"""Periodic work of reviews: open slots, take back leases that ran out, run tests."""

import socket
from functools import partial
from smtplib import SMTPException

from celery import shared_task
from django.conf import settings

from lib import clock
from lib.nudge import nudge
from lib.outbound import post
from reviews import (
    announcing,
    batches,
    drafts,
    letters,
    planning,
    queue,
    relabelling,
    routing,
    running,
    search,
    slots,
    webhooks,
)
from reviews.letter_text import message_of
from reviews.models import Batch
from reviews.sandbox.standing import standing

ROUND = 50  # deliveries of one task


@shared_task
def open_review_tasks() -> None:
    """Open slots for labelled examples, and have open ones follow a changed policy."""
    slots.open_tasks(clock.now())
    for policy in slots.due_policies():
        slots.follow(policy, clock.now())


@shared_task
def plan_tests() -> None:
    """Ask for the tests of new examples where the project's policy says so, and start on them."""
    planning.plan_new(clock.now())
    nudge(run_tests)


@shared_task
def run_tests() -> None:
    """Run what is due first, and wake somebody for the rest; safe to deliver twice, and to kill."""
    proof = standing(
        on=settings.SANDBOX, python=settings.SANDBOX_PYTHON, hidden=settings.SANDBOX_HIDDEN
    )
    if running.run_next(proof, socket.gethostname(), clock.now()) is not None:
        nudge(run_tests)


@shared_task
def sweep_leases() -> None:
    """Give back the slots whose lease ran out."""
    now = clock.shared()
    queue.sweep(now)
    queue.wake(now)
    routing.free_overdue(now)


@shared_task
def index_examples() -> None:
    """Make what arrived findable."""
    while search.index_waiting() == search.BATCH:
        continue


@shared_task
def drop_old_drafts() -> None:
    """Forget what was typed and never decided."""
    drafts.drop_old(clock.now())


@shared_task
def run_batch(batch_id: int) -> None:
    """Decide or undo a batch, unless it is over."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is not None:
        batches.run(batch, clock.now())


@shared_task
def sweep_batches() -> None:
    """Wake a worker for batches that wait or were left."""
    for batch in batches.due(clock.now()):
        nudge(run_batch, batch.pk)


@shared_task
def label_again(number: int) -> None:
    """Label again what waits, unless this run is over."""
    relabelling.run(number, clock.now())


@shared_task
def sweep_relabellings() -> None:
    """Wake a worker for runs that wait or were left."""
    for run in relabelling.due():
        nudge(label_again, run.pk)


@shared_task(soft_time_limit=240, time_limit=300)
def send_letters() -> None:
    """Send what is due by mail; a letter that was begun is never begun again."""
    letters.give_up_lost(clock.now())
    while (taken := letters.take(clock.now())) is not None:
        if not taken.entries:
            continue
        try:
            message_of(taken, settings.PUBLIC_ADDRESS).send()
        except (SMTPException, OSError) as error:
            letters.refused(taken, type(error).__name__, clock.now())
        else:
            letters.sent(taken)


@shared_task
def announce() -> None:
    """Have webhooks told of what came in, was frozen and went live since the last time."""
    for source in announcing.SOURCES:
        announcing.tell_new(source, clock.now())


@shared_task(soft_time_limit=100, time_limit=120)
def tell_webhooks() -> None:
    """Send the events that are due; several workers may, each takes others."""
    send = partial(post, loopback=settings.WEBHOOKS_TO_LOOPBACK)
    for _ in range(ROUND):
        delivery = webhooks.take(clock.now())
        if delivery is None:
            return
        webhooks.deliver(delivery, send, clock.now())


@shared_task
def drop_old_deliveries() -> None:
    """Forget what webhooks were told long ago."""
    webhooks.drop_old(clock.now())
