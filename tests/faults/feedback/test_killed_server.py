"""A real server, killed while clients report to it: what was acknowledged is there, once."""

import http.client
import json
import socket
import threading
import time
from contextlib import closing, suppress

import pytest

from feedback.models import Generation, Reaction
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import generation, reaction
from tests.live import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PATH = "/api/v1/feedback"
LIMIT = 20_000


@pytest.fixture
def server():
    servers = []

    def start():
        servers.append(Server(EMEND_MAX_BODY_BYTES=str(LIMIT)))
        return servers[-1]

    yield start
    for each in servers:
        if each.child.poll() is None:
            each.kill()


@pytest.fixture
def secret():
    return make_ingest_key(make_project())[1]


def send(client, secret, record):
    headers = {"Content-Type": "application/json", "X-API-Key": secret}
    client.request("POST", PATH, json.dumps(record), headers)
    response = client.getresponse()
    response.read()
    return response.status


def report_until_it_dies(server, secret, acknowledged, sent):
    """Send records one after the other, as a client would."""
    with closing(server.connect()) as client, suppress(OSError, http.client.HTTPException):
        while True:
            record = generation(prompt=f"{len(sent)} {threading.get_ident()}")
            sent.append(record)
            if send(client, secret, record) == 201:
                acknowledged.append(record["id"])


def test_what_was_acknowledged_survives_a_kill_and_a_retry_adds_nothing(server, secret):
    first, acknowledged, sent = server(), [], []
    clients = [
        threading.Thread(target=report_until_it_dies, args=(first, secret, acknowledged, sent))
        for _ in range(4)
    ]
    for each in clients:
        each.start()
    deadline = time.monotonic() + 60
    while len(acknowledged) < 40:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    first.kill()
    for each in clients:
        each.join(30)
    stored = set(Generation.objects.values_list("client_id", flat=True))
    assert set(acknowledged) <= stored
    with closing(server().connect()) as client:
        statuses = [send(client, secret, record) for record in sent]
    assert set(statuses) <= {200, 201}
    assert Generation.objects.count() == len(sent)


def test_a_chunked_body_is_read_and_measured(server, secret):
    running = server()
    headers = {"Content-Type": "application/json", "X-API-Key": secret}

    def chunked(*chunks):
        with closing(running.connect()) as client:
            client.request("POST", PATH, iter(chunks), headers, encode_chunked=True)
            response = client.getresponse()
            return response.status, json.loads(response.read())

    made = generation()
    about = json.dumps([made, reaction(made, "shown")]).encode()
    assert chunked(about[:50], about[50:])[0] == 201
    assert Reaction.objects.count() == 1
    status, told = chunked(*[b" " * 1000] * (LIMIT // 1000 + 1))
    assert (status, told["status"]) == (413, 413)


def test_a_body_that_says_it_is_too_long_is_refused_without_waiting_for_it(server, secret):
    with socket.create_connection(("127.0.0.1", server().port), timeout=10) as client:
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"X-API-Key: {secret}\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
        )
        client.sendall(head.encode())
        assert client.recv(20).startswith(b"HTTP/1.1 413")
