"""A small load generator: one process, some keep-alive connections, a request in flight each."""

import selectors
import socket
import time
from itertools import count, islice


class Connection:
    """One client: sends a request, waits for its answer, sends the next."""

    def __init__(self, port, requests):
        self.requests = requests
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self):
        self.received, self.since = b"", time.perf_counter()
        self.socket.sendall(next(self.requests))

    def answered(self):
        """Read; the status once the answer is whole, else None."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.received += data
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return None
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        return int(head[9:12]) if len(body) >= length else None


def run(port, requests, connections, seconds):
    """Requests per second, and the 50th, 95th and 99th percentile of one in milliseconds."""
    clients = [Connection(port, requests) for _ in range(connections)]
    times = []
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send()
        start = time.perf_counter()
        while not times or time.perf_counter() - start < seconds:  # the first may come late
            for ready, _ in selector.select():
                client = ready.data
                status = client.answered()
                if status is None:
                    continue
                if status != 201:
                    raise AssertionError(client.received[:2000])
                times.append(time.perf_counter() - client.since)
                client.send()
        took = time.perf_counter() - start
    for client in clients:
        client.socket.close()
    times.sort()
    return len(times) / took, *(times[int(len(times) * part)] * 1e3 for part in (0.5, 0.95, 0.99))


def posts(path, record, headers="", size=0):
    """Requests whose records differ in their ids and texts: one, or an array of `size`.

    `record` has @@@@@@@@@@@@ in the place of what differs.
    """
    length = len(record) * size + size + 1 if size else len(record)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{headers}Content-Length: {length}\r\n\r\n"
    ).encode()
    records = each_other(record)
    while True:
        yield head + (b"[" + b",".join(islice(records, size)) + b"]" if size else next(records))


def each_other(record):
    """The record again and again, each like no other."""
    run_id = int(time.time() * 1000) % 10**6
    for number in count():
        yield record.replace(b"@" * 12, b"%06d%06d" % (run_id, number))
