"""The application with one thing broken: it says stored before anything is."""

import threading

from feedback import api, ingest, originals
from feedback.batches import Outcome, State
from feedback.clients.reading import Became, Fate

keep, receive = originals.keep, ingest.receive


def later(*call):
    threading.Timer(0.02, call[0], call[1:]).start()


def answer_first():
    def kept(key, client, items, at):
        later(keep, key, client, items, at)
        return [Fate(Became.STORED)] * len(items)

    def received(key, sent, now):
        later(receive, key, sent, now)
        return [Outcome(State.STORED, 1)] * len(sent)

    originals.keep, api.receive = kept, received
