"""A web server, a PostgreSQL and a Redis of a test's own, to be killed as often as it likes."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from uuid import uuid4

import psycopg

from config import embedded
from tests import migrated

MADE = """
import django; django.setup()
from tests.builders import make_ingest_key, make_project
key, secret = make_ingest_key(make_project())
print(key.pk, secret)
"""


class Place:
    """Servers under one folder; `variables` are the web server's own."""

    def __init__(self, home, **variables):
        self.home, self.child = home, None
        migrated.copy_into(home)
        with (home / "postgres" / "postgresql.auto.conf").open("a") as settings:
            settings.write("synchronous_commit = on\n")
        self.url = embedded.start_postgres(home).replace("/emend?", f"/{migrated.TEMPLATE}?")
        self.redis, redis_url = embedded.start_redis(home)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "REDIS_URL": redis_url,
            "EMEND_DATA_DIR": str(home),
            "EMEND_SPOOL_BYTES": "100000000",
            **variables,
        }
        made = self._python("-c", MADE, stdout=subprocess.PIPE).communicate()[0].split()
        self.key, self.secret = int(made[0]), made[1].decode()
        self.parent = self._python(
            *("-m", "tests.forked", str(self.port), self.secret),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.before = 2  # reports of `tests.forked`, stored before anything else
        self.start_web()

    def _python(self, *arguments, **pipes):
        return subprocess.Popen([sys.executable, *arguments], env=self.environment, **pipes)

    def start_web(self):
        self.parent.stdin.write(b"serve\n")
        self.parent.stdin.flush()
        self.child = int(self.parent.stdout.readline())

    def kill_web(self):
        os.kill(self.child, signal.SIGKILL)

    def stop_postgres(self):
        """As kill -9 of all of it: nothing is written on the way out."""
        embedded._pg_ctl(self.home / "postgres", "-m", "immediate", "stop")

    def start_postgres(self):
        embedded.start_postgres(self.home)

    def kill_redis(self):
        self.redis.kill()
        self.redis.wait(20)

    def ask(self, statement, *values):
        with psycopg.connect(self.url, autocommit=True) as own:
            found = own.execute(statement, values)
            return found.fetchall() if found.description else []

    def post(self, path, value, **headers):
        """The status and the body of the answer. Raises OSError or HTTPException."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as client:
            given = {"Content-Type": "application/json", "X-API-Key": self.secret, **headers}
            client.request("POST", path, json.dumps(value), given)
            response = client.getresponse()
            return response.status, response.read()

    def spooled(self):
        """The files that wait on disk."""
        return sorted((self.home / "spool").glob("*.spool"))

    def close(self):
        with suppress(ProcessLookupError):
            self.kill_web()
        self.parent.kill()
        self.parent.wait(20)
        self.parent.stdin.close()
        self.parent.stdout.close()
        self.redis.kill()
        self.redis.wait(20)
        embedded.stop_postgres(self.home)


def suggestion(output, **data):
    """An event of Continue, which never sends again."""
    told = {"completionId": str(uuid4()), "accepted": True, "completion": output, "prefix": "x"}
    return {"name": "autocomplete", "schema": "0.2.0", "data": told | data}
