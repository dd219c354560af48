"""Events that could not be mapped: tried again after an upgrade, or put aside by a person."""

from datetime import datetime
from typing import Any

from django.db import transaction

from feedback import originals
from feedback.clients.arriving import ClientUnknown, again, read
from feedback.clients.reading import UNREADABLE, Became, Fate
from feedback.clients.registry import RouteUnknown, adapters
from feedback.json_text import value_of
from feedback.models import Original, Quarantined, QuarantineEvent
from governance.models import IngestKey, Project, User
from lib.transitions import Moves, move

MOVES: Moves = {Quarantined.State.HELD: {Quarantined.State.REPLAYED, Quarantined.State.DISMISSED}}
Did = QuarantineEvent.Did


def held(project: Project | None = None, client: str = "", most: int | None = None) -> list[int]:
    """Our ids of what is in quarantine, of one project and client or of all, the oldest first."""
    rows = Quarantined.objects.filter(state=Quarantined.State.HELD)
    if project:
        rows = rows.filter(project=project)
    if client:
        rows = rows.filter(original__client=client)
    return list(rows.order_by("id").values_list("pk", flat=True)[:most])


@transaction.atomic
def replay(pk: int, by: User | None, now: datetime) -> bool:
    """Map an event again as today's adapter does; whether it is out of quarantine.

    What it comes to is dated as when it came. Raises Quarantined.DoesNotExist where another
    was quicker, or it is not held.
    """
    row = _hold(pk)
    fate = _mapped(row.original)
    if fate.became is Became.QUARANTINED:
        row.reason = fate.detail
        row.save(update_fields=["reason"])
        _tell(row, Did.TRIED, by, now, row.reason)
        return False
    move(row, Quarantined.State.REPLAYED, MOVES)
    _tell(row, Did.REPLAYED, by, now)
    return True


@transaction.atomic
def dismiss(pk: int, by: User, why: str, now: datetime) -> None:
    """Put an event aside for good; it stays where it is. Raises Quarantined.DoesNotExist."""
    row = _hold(pk)
    move(row, Quarantined.State.DISMISSED, MOVES)
    _tell(row, Did.DISMISSED, by, now, why)


def _hold(pk: int) -> Quarantined:
    held = Quarantined.objects.filter(state=Quarantined.State.HELD)
    return held.select_for_update(of=("self",)).select_related("original").get(pk=pk)


def _mapped(original: Original) -> Fate:
    value = value_of(original.body.encode())
    if original.version == UNREADABLE:
        return _read_again(original, value)
    adapter = adapters().get(original.client)
    if adapter is None:
        return Fate(Became.QUARANTINED, "there is no such client any more")
    item = adapter.item(value, original.received_at)
    [mapped] = originals.store_records(
        original.project_id, original.key_id, {original.pk: item}, original.received_at
    ).values()
    return Fate(mapped.became, mapped.reason)


def _read_again(original: Original, request: Any) -> Fate:
    """A whole request: its events become originals of their own."""
    try:
        items = read(again(original.client, request, original.received_at)).items
    except (ClientUnknown, RouteUnknown):
        return Fate(Became.QUARANTINED, "the client has no such path any more")
    if any(item.version == UNREADABLE for item in items):
        return Fate(Became.QUARANTINED, items[0].problem)
    key = IngestKey(pk=original.key_id, project_id=original.project_id)
    originals.keep(key, original.client, items, original.received_at)
    return Fate(Became.STORED)


def _tell(row: Quarantined, did: str, by: User | None, now: datetime, reason: str = "") -> None:
    QuarantineEvent.objects.create(quarantined=row, did=did, by=by, at=now, reason=reason)
