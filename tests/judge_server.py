"""A server that answers as an OpenAI-compatible one does, or as a broken one might."""

import json
import math
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers as its class's `reply` says, and notes in `asked` what came."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append({"path": self.path, "key": self.headers["authorization"], **body})
        told = self.reply(body)
        if isinstance(told, tuple):
            self.fail(*told)
        else:
            self.stream(told, body)

    def fail(self, status, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def stream(self, pieces, body):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        with suppress(OSError):  # whoever asked has heard enough
            for piece in pieces:
                self.wfile.write(piece if isinstance(piece, bytes) else event(piece, body))
            self.wfile.write(b"data: [DONE]\n\n")


@contextmanager
def judge_server(reply):
    """Serve `reply(body)`: a status, or pieces of an answer, each a text and its alternatives.

    Yields the address and the list of what was asked.
    """
    asked = []
    bound = {"reply": staticmethod(reply), "asked": asked}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), bound))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def event(piece, body):
    """One chunk: a text, with what else could have stood there, if the request wants to know."""
    text, likely = piece if isinstance(piece, tuple) else (piece, {piece: 1.0})
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    if body.get("logprobs") and likely is not None:
        tops = [{"token": t, "logprob": math.log(p), "bytes": None} for t, p in likely.items()]
        mine = next((each for each in tops if each["token"] == text), tops[0])
        choice["logprobs"] = {"content": [mine | {"token": text, "top_logprobs": tops}]}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps(chunk | {"choices": [choice]}).encode() + b"\n\n"
