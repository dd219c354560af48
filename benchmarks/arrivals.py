"""Work that arrives at a rate, whether or not the last is done: waiting counts."""

import selectors
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from benchmarks.load import Connection


def at_rate(work, rate, seconds, threads):
    """Milliseconds from when each call was due until it was done."""
    times, start = [], time.perf_counter() + 0.05
    pool = ThreadPoolExecutor(threads)

    def one(due):
        work()
        times.append((time.perf_counter() - due) * 1e3)

    waiting = []
    for number in range(int(rate * seconds)):
        due = start + number / rate
        time.sleep(max(due - time.perf_counter(), 0))
        waiting.append(pool.submit(one, due))
    for each in waiting:
        each.result()
    together = threading.Barrier(threads)
    for each in [pool.submit(_leave, together) for _ in range(threads)]:
        each.result()
    pool.shutdown()
    return times


def _leave(together):
    together.wait()
    connections.close_all()


def over_http(port, requests, connected, rate, seconds):
    """The same over HTTP: each request takes a connection that is idle, or waits for one."""
    idle = [Connection(port, requests) for _ in range(connected)]
    every, total, times, sent = list(idle), int(rate * seconds), [], 0
    start = time.perf_counter() + 0.05
    with selectors.DefaultSelector() as selector:
        for client in every:
            selector.register(client.socket, selectors.EVENT_READ, client)
        while len(times) < total:
            while idle and sent < total and time.perf_counter() >= start + sent / rate:
                client = idle.pop()
                client.send()
                client.since = start + sent / rate
                sent += 1
            wait = start + sent / rate - time.perf_counter() if sent < total else 1
            for ready, _ in selector.select(max(wait, 0) if idle else 1):
                client = ready.data
                status = client.answered()
                if status is None:
                    continue
                if status != 302 or b"/accounts/login" in client.received[:1000]:
                    raise AssertionError(client.received[:2000])
                times.append((time.perf_counter() - client.since) * 1e3)
                idle.append(client)
    for client in every:
        client.socket.close()
    return times


def closed(work, seconds):
    """Calls a second, one after the other."""
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - start)


def body(port, path, session, headers=""):
    """The body of one answer."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n{headers}"
        client.sendall(f"{head}Connection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, rest = received.partition(b"\r\n\r\n")
    assert b" 200 " in head[:20], head
    return rest
