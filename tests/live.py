"""A real web server, to be killed."""

import http.client
import os
import socket
import subprocess
import sys
import time

import psutil
from django.db import connection


class Server:
    """A granian as `manage.py up` runs it, on the test database; `variables` are its own."""

    def __init__(self, application="config.wsgi:application", **variables):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = ["-m", "granian", "--interface", "wsgi", "--blocking-threads", "4", "--no-ws"]
        address = ["--port", str(self.port), "--log-level", "warning", application]
        name = connection.settings_dict["NAME"]
        url = os.environ["DATABASE_URL"].replace("/emend?", f"/{name}?")
        variables |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        self.child = subprocess.Popen(
            [sys.executable, *command, *address], env=os.environ | variables
        )
        self.wait()

    def wait(self):
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.child.poll() is None
            time.sleep(0.1)
        raise AssertionError("the server did not start")

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def kill(self):
        top = psutil.Process(self.child.pid)
        for process in [*top.children(recursive=True), top]:
            process.kill()
        self.child.wait(20)
