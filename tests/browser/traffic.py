"""When the live server is at rest."""

import threading
import time

from django.core.handlers.wsgi import WSGIHandler


class Traffic:
    """How many requests the live server is answering; those of Django's test client do not count.

    A page that was closed leaves requests behind, and some begin then. A flush of all tables
    beside them ends in a deadlock, and the next test finds the rows of this one.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.under_way = 0

    def begins(self, sender, **_):
        self.count(sender, 1)

    def ends(self, sender, **_):
        self.count(sender, -1)

    def count(self, sender, change):
        if sender and issubclass(sender, WSGIHandler):  # the test client ends as nobody
            with self.lock:
                self.under_way += change

    def dies_down(self, seconds=20, quiet=0.15):
        """Wait until nothing was under way for `quiet` seconds, at most `seconds`."""
        end = time.monotonic() + seconds
        since = time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < quiet:
            time.sleep(0.02)
            if self.under_way:
                since = time.monotonic()
