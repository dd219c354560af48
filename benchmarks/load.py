"""A small load generator: one process, some keep-alive connections, a request in flight each."""

import selectors
import socket
import time
from itertools import count


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
    """Requests per second, and the median and 95th percentile of a request in milliseconds."""
    clients = [Connection(port, requests) for _ in range(connections)]
    times = []
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send()
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
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
    return len(times) / took, times[len(times) // 2] * 1e3, times[int(len(times) * 0.95)] * 1e3


def posts(path, record, headers=""):
    """Requests whose record differs in its id and its texts; `record` has @@@@@@@@@@@@ for it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{headers}Content-Length: {len(record)}\r\n\r\n"
    ).encode()
    run_id = int(time.time() * 1000) % 10**6
    for number in count():
        yield head + record.replace(b"@" * 12, b"%06d%06d" % (run_id, number))
