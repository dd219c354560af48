"""Servers killed two hundred times, mid-batch, mid-body and mid-drain: all acknowledged is there.

The seed is printed; `EMEND_TEST_SEED` chooses another.
"""

import http.client
import json
import os
import random
import shutil
import socket
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from config import embedded
from tests.crashing import Place, suggestion
from tests.feedback_builders import generation, reaction

pytestmark = pytest.mark.timeout(600)
ROUNDS = 200
CLIENTS = 3
TEXTS = "SELECT b.text FROM feedback_generation g JOIN feedback_blob b ON b.id = g.output_id"
NO_ANSWER = (OSError, http.client.HTTPException)


@pytest.fixture
def start():
    home, places = Path(tempfile.mkdtemp(prefix="emend-test-")), []

    def started(**variables):
        # a new server that remembers the key has more on disk
        variables |= {"EMEND_INGEST_RATE": "0", "EMEND_TEST_REMEMBERS": "yes"}
        places.append(Place(home, **variables))
        return places[-1]

    yield started
    for place in places:
        place.close()
    shutil.rmtree(home)


class Reporters:
    """Clients that report as fast as they are answered; what they sent, and what was acknowledged.

    A report is known by the texts in it, each of which is like no other.
    """

    def __init__(self, place, seed):
        self.place, self.acknowledged, self.statuses = place, set(), Counter()
        self.sent = []  # paths and bodies
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self.report, args=[random.Random(f"{seed} {number}"), number])
            for number in range(CLIENTS)
        ]
        for each in self.threads:
            each.start()

    def report(self, chance, number):
        count = 0
        while not self.over.is_set():
            count += 1
            text = f"{number}_{count} = 1"
            report = chance.choice([self.event, self.event, self.one, self.batch])
            path, body, texts = report(text)
            if chance.random() < 0.05:
                self.cut_off(path, body)
                continue
            self.sent.append((path, body))
            with suppress(*NO_ANSWER):
                status, _ = self.place.post(path, body)
                self.statuses[path, status] += 1
                if status < 300:
                    self.acknowledged |= set(texts)
            time.sleep(0.002)

    def event(self, text):
        return "/ingest/continue", suggestion(text), [text]

    def one(self, text):
        return "/api/v1/feedback", generation(output=text), [text]

    def batch(self, text):
        texts = [f"{text} + {n}" for n in range(20)]
        made = [generation(output=each) for each in texts]
        return "/api/v1/feedback", [*made, *(reaction(each, "shown") for each in made)], texts

    def cut_off(self, path, body):
        """Half a body, of which nothing may be stored: no part of it is in `sent`."""
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"X-API-Key: {self.place.secret}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.place.port)) as client:
            client.sendall(head.encode() + data[: len(data) // 2])

    def stop(self):
        self.over.set()
        for each in self.threads:
            each.join(60)
        assert not any(each.is_alive() for each in self.threads)


def rounds(place, chance, count):
    """Kill something, and start it again; each round is a moment after the last."""
    for _ in range(count):
        time.sleep(chance.uniform(0, 0.1))
        match chance.choices(["web", "postgres", "both", "redis"], [91, 3, 3, 3])[0]:
            case "web":
                kill_web(place)
            case "postgres":
                place.stop_postgres()
                time.sleep(chance.uniform(0, 0.3))
                place.start_postgres()
            case "both":
                place.stop_postgres()
                time.sleep(chance.uniform(0, 0.2))
                kill_web(place)
                place.start_postgres()
            case "redis":
                place.kill_redis()
                place.redis, _ = embedded.start_redis(place.home)


def kill_web(place):
    place.kill_web()
    place.start_web()


def drained(place):
    """Wait until nothing is on disk, with every server up."""
    deadline = time.monotonic() + 60
    while place.spooled():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def stored(place):
    with suppress(psycopg.OperationalError):
        return Counter(text for (text,) in place.ask(TEXTS))
    raise AssertionError("PostgreSQL is not back")


def run(place, seed, count):
    """Everything that was sent, after `count` kills."""
    reporters = Reporters(place, seed)
    deadline = time.monotonic() + 60
    while not reporters.acknowledged:
        assert time.monotonic() < deadline
    rounds(place, random.Random(seed), count)
    reporters.stop()
    drained(place)
    return reporters


def test_what_was_acknowledged_is_stored_once_after_two_hundred_kills(start):
    seed = os.environ.get("EMEND_TEST_SEED") or str(random.randrange(10**9))
    print(f"EMEND_TEST_SEED={seed}")
    place = start()
    told = run(place, seed, ROUNDS)
    print(dict(told.statuses), f"{len(told.acknowledged)} acknowledged")
    there = stored(place)
    assert told.acknowledged <= set(there)
    assert set(there.values()) == {1}
    assert told.statuses["/ingest/continue", 202]  # some were on disk in between
    for path, body in told.sent:
        assert place.post(path, body)[0] in (200, 201, 207)
    everything = stored(place)
    assert set(there) <= set(everything)
    assert set(everything.values()) == {1}
    reported = sum(20 if isinstance(body, list) else 1 for _, body in told.sent)
    assert len(everything) == reported + place.before  # so nothing of a body that was cut off
    assert place.ask("SELECT reason FROM feedback_quarantined") == []
    assert not place.ask("SELECT 1 FROM feedback_orphan WHERE state = 'waiting'")


def test_a_server_that_answers_before_it_stores_is_found_out(start):
    """Negative control."""
    place = start(EMEND_TEST_BROKEN="yes")
    told = run(place, "early", 15)
    assert told.acknowledged - set(stored(place))
