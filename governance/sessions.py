"""Sessions in the database, as Django keeps them; only found faster."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from lib.statements import Query


class SessionStore(db.SessionStore):
    """Every request of somebody who is logged in reads one."""

    def _get_session_from_db(self) -> Session | None:
        found = _LIVING.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


_LIVING = Query(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=datetime,
)
