"""A small HTTP server that fails as told, and keeps what it acknowledged as Emend would."""

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Scripted(ThreadingHTTPServer):
    """`script` holds what to do with the next requests; without one, a batch is stored."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.requests, self.stored, self.order = [], [], {}, []
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def store(self, records):
        """Results as Emend answers: new, the same again, or other content under a taken id."""
        results = []
        with self.lock:
            for index, record in enumerate(records):
                held = self.stored.setdefault(record["id"], record)
                if held is record:
                    self.order.append(record["id"])
                status = 201 if held is record else 200 if held == record else 409
                problem = {"problem": {"status": 409}} if status == 409 else {}
                results.append({"index": index, "status": status} | problem)
        return results


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"[]"
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        with self.server.lock:
            self.server.requests.append((self.path, dict(self.headers), json.loads(body)))
            act = self.server.script.pop(0) if self.server.script else stores
        act(self, json.loads(body))

    do_GET = do_POST

    def answer(self, status, value=None, **headers):
        data = value if isinstance(value, bytes) else json.dumps(value or {}).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def stores(handler, records):
    results = handler.server.store(records)
    statuses = {result["status"] for result in results}
    status = statuses.pop() if len(statuses) == 1 else 207
    handler.answer(status, {"results": results})


def stores_and_breaks_off(handler, records):
    """The records are stored, and the answer ends in the middle."""
    handler.server.store(records)
    handler.send_response(201)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"results": [')
    handler.close_connection = True


def answers(status, value=None, **headers):
    return lambda handler, records: handler.answer(status, value, **headers)


@contextmanager
def scripted():
    server = Scripted()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
