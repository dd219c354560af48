"""Events that wait on this machine's disk while the database is away, and their way into it.

For clients that never send again. Each web process has a thread that drains what it wrote, and what
a process that died left: the disk is the web server's, so a worker may not see it.
"""

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection
from django.db.models import Q

from feedback import masks, originals
from feedback.clients.reading import Became, Fate, Item
from feedback.json_text import value_of
from feedback.outage import means_away, outage
from feedback.spool import Spool, SpoolFile, damage, frames
from governance.models import IngestKey
from lib import clock

PAUSE = 1.0  # seconds between two looks at the disk and, while it is away, at the database
TRIES = 5  # of a frame that takes the database too long by itself; then it goes into quarantine
REFRESH = 30  # looks after which it is asked again which keys are live and what they mask
TIMEOUT = 2  # seconds that a new connection may take
REVOKED = "the ingest key was revoked before this could be stored"
BROKEN = "this was kept on disk and could not be stored afterwards: {}"

log = logging.getLogger(__name__)


class NoSpool(OSError):
    """There is no folder to keep anything in."""


class NotEvenHeld(Exception):
    """The database answers, and takes too long even to hold the events in quarantine."""


# How often a frame took too long, by its file's name and its place there; only the keeper counts
_tried: Counter[tuple[str, int]] = Counter()


@cache
def spool(folder: str, most: int) -> Spool:
    """This process's spool in a folder."""
    return Spool(Path(folder), most)


def _spool() -> Spool | None:
    most = settings.SPOOL_BYTES
    return spool(str(settings.SPOOL_DIR), most) if settings.SPOOL_DIR and most else None


def put(key: IngestKey, client: str, items: Sequence[Item], at: datetime) -> list[Fate]:
    """Keep events on disk, masked as they would be in the database.

    Raises OSError where the disk refuses, and OperationalError where nobody knows what the project
    masks: nothing is kept then.
    """
    found = _spool()
    if found is None:
        raise NoSpool("EMEND_SPOOL_BYTES is 0")
    policy = masks.remembered(key.project_id)
    cleaned = originals.cleaned(key, items, policy)
    found.put(_written(key, client, cleaned, at))
    return [Fate(Became.SPOOLED)] * len(items)


def drain(now: datetime) -> int:
    """Store what waits on disk, the oldest first; how many events. Raises django.db.Error."""
    found, stored = _spool(), 0
    while found and (file := found.next()):
        stored += _drain(found, file, now)
    return stored


def _drain(found: Spool, file: SpoolFile, now: datetime) -> int:
    data, stored, is_kept = file.read(), 0, False
    between, after = damage(data)
    if between:
        log.error("%s: %d bytes are damaged; the file is kept", file.path.name, between)
    elif after:
        log.warning("%s: a write of %d bytes was cut off", file.path.name, after)
    for place, content in frames(data):
        try:
            stored += _stored(content, (file.path.name, place), now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one that cannot be stored must not keep the others waiting
            log.exception("%s: an event could not be stored; the file is kept", file.path.name)
            is_kept = True
    found.done(file, keep=is_kept or between > 0)
    return stored


def _stored(content: bytes, place: tuple[str, int], now: datetime) -> int:
    """Store a frame; into quarantine where the database answers and still not in TRIES looks.

    Raises OperationalError while it is worth trying again: then the frames behind it wait, too.
    """
    try:
        stored = _store(content, now)
        _tried.pop(place, None)
        return stored
    except (OperationalError, InterfaceError) as error:
        if means_away(error):
            raise
        _tried[place] += 1
        if _tried[place] < TRIES:
            raise
        del _tried[place]
        log.exception("events from disk take too long, and go into quarantine")
        why = BROKEN.format(type(error.__cause__ or error).__name__)
    connection.close()
    try:
        return _store(content, now, why)
    except (OperationalError, InterfaceError) as error:
        if means_away(error):
            raise
        raise NotEvenHeld from error


def _store(content: bytes, now: datetime, problem: str = "") -> int:
    """Store the events of one frame: once, whether or not that was done before.

    With a `problem` they are held in quarantine for it.
    """
    told = value_of(content)
    key = IngestKey.objects.only("project_id", "revoked_at").get(pk=told["key"])
    items = [_masked_again(key, _item(each)) for each in told["items"]]
    if key.revoked_at:
        log.warning("key %d: %d events came in by a key since revoked", key.pk, len(items))
        items = [_held(item, REVOKED) for item in items]
    elif problem:
        items = [_held(item, problem) for item in items]
    at = datetime.fromisoformat(told["at"])
    try:
        originals.keep(key, told["client"], items, at)
    except (OperationalError, InterfaceError):
        raise
    except Error as error:
        log.exception("events from disk go into quarantine")
        held = [_held(item, BROKEN.format(type(error).__name__)) for item in items]
        originals.keep(key, told["client"], held, at)
    return len(items)


def _held(item: Item, why: str) -> Item:
    return replace(item, records=(), problem=why, shifts=())


def _masked_again(key: IngestKey, item: Item) -> Item:
    """The event under today's patterns: one may have been made before this process heard of it."""
    [again] = originals.cleaned(key, [item])
    same = (again.original, again.records, again.problem)
    return item if same == (item.original, item.records, item.problem) else again


def _written(key: IngestKey, client: str, items: Sequence[Item], at: datetime) -> bytes:
    told = {
        "key": key.pk,
        "client": client,
        "at": at.isoformat(),
        "items": [_kept(item, str(originals.digest_of(client, item))) for item in items],
    }
    return originals.written(told).encode()


def _kept(item: Item, digest: str) -> dict[str, Any]:
    told = {name: getattr(item, name) for name in Item.__dataclass_fields__}
    return told | {"identity": "", "digest": digest}  # nothing masked what identifies it


def _item(told: dict[str, Any]) -> Item:
    told["records"] = tuple(told["records"])
    told["masked"] = tuple((kind, count) for kind, count in told["masked"])
    told["shifts"] = tuple(tuple(tuple(each) for each in moved) for moved in told["shifts"])
    return Item(**told)


class Keeper(threading.Thread):
    """Looks at the disk and at the database, as long as the process lives."""

    def __init__(self) -> None:
        super().__init__(name="spool", daemon=True)
        self.ended = threading.Event()
        self._looks = 0

    def run(self) -> None:
        """Look until told to end; nothing that goes wrong ends it."""
        outage.is_watched = True
        while not self.ended.wait(PAUSE):
            try:
                self.look()
            except (OperationalError, InterfaceError, psycopg.OperationalError):
                connection.close()
            except Exception:
                log.exception("the spool could not be drained")
                connection.close()

    def look(self) -> None:
        """Drain what can be drained. Raises OperationalError while the database is away."""
        if outage.is_on:
            _knock()
        try:
            drain(clock.now())
        except (OperationalError, InterfaceError) as error:
            if means_away(error):
                raise
            log.exception("what waits on disk goes on waiting")  # and new reports go past it
        if outage.is_on:
            outage.over()
        self._looks += 1
        if self._looks % REFRESH == 0:
            refresh(clock.now())
        connection.close()


def refresh(now: datetime) -> None:
    """Forget keys that were revoked, and hear which patterns are in force: an outage may begin."""
    known = outage.known()
    works = Q(ends_at=None) | Q(ends_at__gt=now)
    live = IngestKey.objects.filter(works, pk__in=known, revoked_at=None)
    outage.forget(set(known) - set(live.values_list("pk", flat=True)))
    for project in set(known.values()):
        masks.policy_for(project)


def _knock() -> None:
    """Try a connection of our own, then begin with a new pool. Raises psycopg.OperationalError.

    A pool whose database was away waits longer before each try, in the end for minutes.
    """
    params = connection.get_connection_params()
    wanted = ("dbname", "host", "port", "user", "password", "sslmode", "sslrootcert")
    named = {name: params[name] for name in wanted if params.get(name)}
    psycopg.connect(connect_timeout=TIMEOUT, **named).close()
    connection.close()
    with suppress(KeyError):
        connection.close_pool()  # type: ignore[attr-defined]  # of the PostgreSQL backend


_keeper: list[Keeper] = []
_starting = threading.Lock()


def start() -> None:
    """Start this process's keeper, unless it runs."""
    with _starting:
        if not any(each.is_alive() for each in _keeper):
            _keeper[:] = [Keeper()]
            _keeper[0].start()
