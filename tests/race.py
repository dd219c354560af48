"""Several connections at once: call things together, or hold one in the middle of its work."""

import threading

from django.db import connections

PATIENCE = 60  # seconds; only a test that is about to fail waits so long


def together(*calls):
    """Call each in a thread of its own, all at the same moment; their results or exceptions."""
    start = threading.Barrier(len(calls))

    def at_once(call):
        start.wait(PATIENCE)
        return call()

    return [run.result() for run in [Run(at_once, call) for call in calls]]


class Run:
    """One call in a thread of its own, with a connection of its own."""

    def __init__(self, call, *args):
        self.found = None
        self.thread = threading.Thread(target=self._go, args=(call, args), daemon=True)
        self.thread.start()

    def _go(self, call, args):
        try:
            self.found = call(*args)
        except Exception as error:  # the test looks at it
            self.found = error
        finally:
            connections.close_all()

    def done_within(self, seconds):
        self.thread.join(seconds)
        return not self.thread.is_alive()

    def result(self):
        """What it returned, or the exception it raised."""
        assert self.done_within(PATIENCE), "still waiting: a deadlock?"
        return self.found


class Gate:
    """A place to hold a thread: `gate.before(function)` waits there until `gate.open()`."""

    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()

    def before(self, function):
        def held(*args, **kwargs):
            self.reached.set()
            assert self.opened.wait(PATIENCE)
            return function(*args, **kwargs)

        return held

    def wait_until_reached(self):
        assert self.reached.wait(PATIENCE)

    def open(self):
        self.opened.set()
