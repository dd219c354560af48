"""The web application in children of one process that has it loaded: a new server in a moment.

`python -m tests.forked PORT KEY` reads lines: each starts a child that serves, and the answer is
its process id. A child is killed by its id, and the socket stays: who connects meanwhile waits.
"""

import io
import json
import os
import resource
import sys
from importlib import import_module
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application
from django.db import connections

from tests.crashing import suggestion
from tests.feedback_builders import generation


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *told):
        pass


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # clients that leave in the middle are what the tests are about


def serve(server):
    if most := os.environ.get("EMEND_TEST_FILE_BYTES"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    spooling = import_module("feedback.spooling")
    spooling.PAUSE = 0.05
    if not os.environ.get("EMEND_TEST_REMEMBERS"):  # a new process knows no key
        import_module("feedback.outage").outage.__init__()
        import_module("feedback.masks")._held.clear()
    if os.environ.get("EMEND_TEST_BROKEN"):
        import_module("tests.early").answer_first()
    spooling.start()
    server.serve_forever(0.05)


def warm(application):
    """Report once, so that no child has to import or compile anything before it answers."""
    for path, value in (
        ("/ingest/continue", suggestion("warm")),
        ("/api/v1/feedback", generation()),
    ):
        body = json.dumps(value).encode()
        environ = {
            **{"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_TYPE": "application/json"},
            **{"CONTENT_LENGTH": str(len(body)), "HTTP_X_API_KEY": sys.argv[2]},
            **{"wsgi.input": io.BytesIO(body), "SERVER_NAME": "localhost", "SERVER_PORT": "80"},
        }
        setup_testing_defaults(environ)
        application(environ, lambda *told: None).close()
    connections.close_all()


def main():
    application = get_wsgi_application()
    import_module("config.urls")
    server = Threads(("127.0.0.1", int(sys.argv[1])), Handler)
    server.set_app(application)
    warm(application)
    child = 0
    for _ in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if not child:
            serve(server)
        print(child, flush=True)


if __name__ == "__main__":
    main()
