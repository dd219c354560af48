"""Webhooks: an event is a row in its own transaction; workers send it until somebody takes it.

A receiver may get an event twice and has its id to tell; it never gets prompts, code or what
people wrote. One reviewer's verdict is no event, so that no channel undoes the blind first pass.
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from governance.ledger import record
from governance.models import Project, User
from lib.canonical import canonical_bytes
from lib.outbound import Refused, Unreachable, checked
from reviews.models import Webhook, WebhookDelivery

State = WebhookDelivery.State

EVENTS = {
    "item.decided": gettext_noop("An item is decided: accepted or rejected"),
    "item.escalated": gettext_noop("A reviewer passed an item to the curators"),
    "item.disputed": gettext_noop("Reviewers disagree on an item"),
    "item.reopened": gettext_noop("A decision was taken back"),
    "comment.posted": gettext_noop("Somebody said something about an item"),
    "guideline.written": gettext_noop("A guideline has a new version"),
    "corrections.received": gettext_noop("Corrections came in"),
    "events.quarantined": gettext_noop("Events of a client could not be understood"),
    "dataset.frozen": gettext_noop("A dataset version is frozen"),
    "rows.recalled": gettext_noop("Rows of dataset versions turned out bad"),
    "rows.recall_taken_back": gettext_noop("A recall was taken back"),
    "model.live": gettext_noop("A model version went live"),
    "model.rolled_back": gettext_noop("An endpoint was rolled back"),
}
PING = "ping"
PREFIX = "emw_"
MOST = 20  # live webhooks of one project
AFTER = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1)]
AFTER += [timedelta(hours=4), timedelta(hours=12), timedelta(hours=24)]
HELD = timedelta(minutes=2)  # a worker that took a delivery and died; then another may
KEPT = timedelta(days=30)  # deliveries in the log

type Send = Callable[[str, bytes, Mapping[str, str]], int]


class TooMany(Exception):
    """The project has as many webhooks as it may."""


@transaction.atomic
def make(
    project: Project,
    url: str,
    events: Collection[str],
    by: User,
    now: datetime,
    *,
    loopback: bool = False,
) -> tuple[Webhook, str]:
    """Make a webhook and return it with its secret. Raises Refused or TooMany."""
    checked(url, loopback=loopback)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if Webhook.objects.filter(project=project, stopped_at=None).count() >= MOST:
        raise TooMany
    hook = Webhook.objects.create(
        project=project,
        url=url,
        events=sorted(set(events) & EVENTS.keys()),
        salt=token_hex(32),
        created_by=by,
        created_at=now,
    )
    record(project, by, "webhook made", url[:200], now, webhook=hook.pk, events=hook.events)
    return hook, secret_of(hook)


@transaction.atomic
def stop(hook: Webhook, by: User, now: datetime) -> None:
    """Tell it nothing any more; what waits is given up. Safe to repeat."""
    live = Webhook.objects.filter(pk=hook.pk, stopped_at=None)
    if live.update(stopped_at=now, stopped_by=by):
        waiting = WebhookDelivery.objects.filter(webhook=hook, state=State.DUE)
        waiting.update(state=State.GIVEN_UP, due_at=None, problem="The webhook was stopped.")
        record(hook.project, by, "webhook stopped", hook.url[:200], now, webhook=hook.pk)


def secret_of(hook: Webhook) -> str:
    """What signs its deliveries. It is kept nowhere: the salt and the server's key give it."""
    return PREFIX + salted_hmac("reviews.webhooks", hook.salt, algorithm="sha256").hexdigest()


def happened(project: Project, event: str, now: datetime, **facts: Any) -> None:
    """Have the project's webhooks told. Call it inside the transaction it tells about."""
    hooks = Webhook.objects.filter(project=project, stopped_at=None, events__contains=[event])
    _queue(list(hooks), event, now, facts)


def ping(hook: Webhook, now: datetime) -> None:
    """Send it something harmless, to see whether it answers."""
    _queue([hook], PING, now, {"says": "This is a test; nothing happened."})


@transaction.atomic
def replay(delivery: WebhookDelivery, now: datetime) -> WebhookDelivery:
    """Send the same bytes again, under the same event id."""
    return WebhookDelivery.objects.create(
        webhook=delivery.webhook,
        event=delivery.event,
        event_id=delivery.event_id,
        body=delivery.body,
        due_at=now,
        replays=delivery,
        created_at=now,
    )


def take(now: datetime) -> WebhookDelivery | None:
    """The delivery that is due the longest, held for HELD; None when nothing is due.

    The try is counted now: a worker that dies in it has had it, and in the last one ends it.
    """
    with transaction.atomic():
        lost = WebhookDelivery.objects.filter(state=State.DUE, due_at__lte=now)
        lost.filter(attempts__gt=len(AFTER)).update(
            state=State.GIVEN_UP, due_at=None, problem="The workers that sent it died."
        )
        due = WebhookDelivery.objects.filter(state=State.DUE, due_at__lte=now).order_by("due_at")
        picked = due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1]
        for pk in list(picked):
            mine = WebhookDelivery.objects.filter(pk=pk)
            mine.update(due_at=now + HELD, attempts=F("attempts") + 1, last_at=now)
            return mine.select_related("webhook").get()
    return None


def deliver(delivery: WebhookDelivery, send: Send, now: datetime) -> bool:
    """Send it, and write down how that went; whether it was taken. No transaction is open."""
    body = delivery.body.encode()
    status, problem, forever = None, "", False
    try:
        status = send(delivery.webhook.url, body, headers_of(delivery, now))
        problem = "" if 200 <= status < 300 else f"It answered {status}."
        forever = status == 410  # gone, and it says so
    except Refused as error:
        problem, forever = str(error), True
    except Unreachable as error:
        problem = f"Nobody answered: {error}"
    tried = {"last_status": status, "problem": problem[:200], "last_at": now}
    mine = WebhookDelivery.objects.filter(
        pk=delivery.pk, state=State.DUE, attempts=delivery.attempts
    )
    if not problem:
        mine.update(state=State.DELIVERED, due_at=None, **tried)
    elif forever or delivery.attempts > len(AFTER):
        mine.update(state=State.GIVEN_UP, due_at=None, **tried)
    else:
        mine.update(due_at=now + AFTER[delivery.attempts - 1], **tried)
    return not problem


def headers_of(delivery: WebhookDelivery, now: datetime) -> dict[str, str]:
    """What goes with the body; the signature covers the moment and the body."""
    moment = str(int(now.timestamp()))
    signed = signature(secret_of(delivery.webhook), moment, delivery.body.encode())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Emend-Webhooks/1",
        "Emend-Event": delivery.event,
        "Emend-Delivery": str(delivery.event_id),
        "Emend-Signature": f"t={moment},v1={signed}",
    }


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256, as 64 hexadecimal digits, over the moment, a dot and the body."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, sha256).hexdigest()


def drop_old(now: datetime) -> None:
    """Forget deliveries that are over and old."""
    over = WebhookDelivery.objects.exclude(state=State.DUE).filter(created_at__lt=now - KEPT)
    over.delete()


def _queue(hooks: Collection[Webhook], event: str, now: datetime, facts: Mapping[str, Any]) -> None:
    if not hooks:
        return
    event_id = uuid4()
    said = {"event": event, "id": str(event_id), "at": now.isoformat(), "data": dict(facts)}
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            webhook=hook,
            event=event,
            event_id=event_id,
            body=canonical_bytes({**said, "project": hook.project.slug}).decode(),
            due_at=now,
            created_at=now,
        )
        for hook in hooks
    )
