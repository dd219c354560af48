"""Whether anything has come with a key, for somebody who waits for the first event."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedback.models import Correction, Generation, Original, Quarantined, Reaction
from governance.models import IngestKey

SKEW = timedelta(hours=1)  # between the clocks of a web server and of the database


class Came(StrEnum):
    """How far a client got."""

    NOTHING = "nothing"
    REQUEST = "request"  # it has the right key and address, and has not reported anything
    UNREAD = "unread"  # its newest event is in quarantine
    EVENT = "event"


@dataclass(frozen=True)
class Arrival:
    """How far a client got, and when."""

    came: Came
    at: datetime | None = None


def arrival_of(key: IngestKey, client: str) -> Arrival:
    """What has come with the key through a client's door; client "" is our own API.

    Before the key was used nothing is looked for, and nothing older than it: what is asked every
    few seconds reads the newest rows of one index.
    """
    if key.last_used_at is None:
        return Arrival(Came.NOTHING)
    found = _reported(key) if not client else _through(key, client)
    return found or Arrival(Came.REQUEST, key.last_used_at)


def _through(key: IngestKey, client: str) -> Arrival | None:
    came = Original.objects.filter(
        project=key.project_id, client=client, key=key, received_at__gte=key.created_at - SKEW
    )
    newest = came.order_by("-received_at").values_list("received_at", "quarantined__state").first()
    if newest is None:
        return None
    return Arrival(Came.UNREAD if newest[1] == Quarantined.State.HELD else Came.EVENT, newest[0])


def _reported(key: IngestKey) -> Arrival | None:
    since = key.created_at - SKEW
    newest = [
        model.objects.filter(project=key.project_id, key=key, received_at__gte=since)
        .order_by("-received_at")
        .values_list("received_at", flat=True)
        .first()
        for model in (Generation, Reaction, Correction)
    ]
    moments = [each for each in newest if each]
    return Arrival(Came.EVENT, max(moments)) if moments else None
