"""While the database is away: that it is, and which keys and projects this process knew before.

Nobody asks a database again that was away a moment ago: a request would wait for a connection as
long as the pool lets it, and a few such requests are all that a process can serve at once.
"""

import logging
import time
from collections import OrderedDict
from threading import Event, Lock

from django.db import InterfaceError, OperationalError

from governance import keys
from governance.models import IngestKey

MOST_KEYS = 10_000
KNOWN_FOR = 24 * 60 * 60.0  # seconds since a key last reported
NO_OUTAGE = ("40", "55", "57014")  # SQLSTATEs of a wait that took too long, or a deadlock

log = logging.getLogger(__name__)

type Known = tuple[int, int, float]  # the ids of a key and its project, and when it was live


class Outage:
    """What one process knows of the database; safe to use from all its threads."""

    def __init__(self) -> None:
        self._away = Event()
        self.is_watched = False  # somebody will notice when it is over
        self._lock = Lock()
        self._known: OrderedDict[str, Known] = OrderedDict()  # by the secret's digest

    @property
    def is_on(self) -> bool:
        """Whether the database was away when it was last asked."""
        return self._away.is_set()

    def noticed(self, error: Exception) -> None:
        """The database did not answer a request."""
        if self.is_watched and not self.is_on and means_away(error):
            self._away.set()
            log.warning("the database is away: %s", type(error).__name__)

    def over(self) -> None:
        """The database answers again."""
        self._away.clear()
        log.warning("the database is back, and what waited on disk is in it")

    def refuse(self) -> None:
        """Raise OperationalError at once while the database is away."""
        if self.is_on:
            raise OperationalError("the database is away")

    def key_for(self, secret: str, *, remembered: bool) -> IngestKey:
        """As keys.key_for; while the database is away, a key that this process knows of.

        Raises KeyUnknown, and OperationalError where nothing is known or may be `remembered`.
        """
        digest = keys.digest_of(secret)
        try:
            self.refuse()
            key = keys.key_for(secret)
        except keys.KeyUnknown:
            self._forget(digest)
            raise
        except (OperationalError, InterfaceError) as error:
            self.noticed(error)
            known = self._recall(digest) if remembered else None
            if known is None:
                raise
            return IngestKey(pk=known[0], project_id=known[1])
        self._remember(digest, key)
        return key

    def known(self) -> dict[int, int]:
        """The projects of the keys that are known, by the keys' ids."""
        with self._lock:
            return {key: project for key, project, _ in self._known.values()}

    def forget(self, gone: set[int]) -> None:
        """Forget these keys."""
        with self._lock:
            for digest in [each for each, (key, *_) in self._known.items() if key in gone]:
                del self._known[digest]

    def _remember(self, digest: str, key: IngestKey) -> None:
        with self._lock:
            self._known[digest] = key.pk, key.project_id, time.monotonic()
            self._known.move_to_end(digest)
            if len(self._known) > MOST_KEYS:
                self._known.popitem(last=False)

    def _recall(self, digest: str) -> Known | None:
        with self._lock:
            known = self._known.get(digest)
        return known if known and time.monotonic() - known[2] < KNOWN_FOR else None

    def _forget(self, digest: str) -> None:
        with self._lock:
            self._known.pop(digest, None)


def means_away(error: Exception) -> bool:
    """Whether an error tells of a database that is away, or of one request that went wrong."""
    sqlstate = getattr(error.__cause__, "sqlstate", None) or ""
    return not sqlstate.startswith(NO_OUTAGE)


outage = Outage()
