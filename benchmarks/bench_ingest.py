"""Ingest, alone and in batches, against a bare view that inserts the same rows, in turns.

Run it as `python -m benchmarks.bench_ingest [--rounds 5] [--seconds 4]`, or with `--minutes 10` to
watch the server's memory. It starts its own PostgreSQL (durable), Redis and two granian servers
with the configuration of `manage.py up`. Beside them: what PostgreSQL takes on one connection.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe

import django
import orjson
import psutil
import psycopg
from django.core.management import call_command
from django.db import connection

from benchmarks import bare_rows, load
from config import embedded
from lib.clock import now

RECORD = {
    "type": "generation",
    "id": "gen-@@@@@@@@@@@@",
    "prompt": "# @@@@@@@@@@@@\n" + "def total(prices):  # a line of the prompt\n" * 23,
    "output": "# @@@@@@@@@@@@\n" + "    return sum(prices) / 100  # and of the output\n" * 30,
    "language": "python",
    "file_path": "billing/money.py",
    "repository": "acme/billing",
    "model_name": "small-coder-7b",
    "confidence": 0.82,
    "session": "session-9",
    "developer": "ines",
}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=4)
    options.add_argument("--minutes", type=float, default=0, help="watch memory instead")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        os.environ["EMEND_SECRET_KEY"] = token_urlsafe(64)
        os.environ["DATABASE_URL"] = embedded.start_postgres(Path(home))
        redis, os.environ["REDIS_URL"] = embedded.start_redis(Path(home))
        servers = []
        try:
            project, key, secret = prepare()
            record = orjson.dumps(RECORD)
            servers = [serve("config.settings.development")]
            servers.append(serve("benchmarks.bare", "benchmarks.bare_wsgi"))
            postgres = embedded.postgres_process(Path(home)).pid
            emend, view = ((port, (child.pid, postgres)) for child, port in servers)
            auth = f"Authorization: Bearer {secret}\r\n"
            address, limits = f"/bare/{project}/{key}", Limits(project, key)
            ours = partial(load.posts, "/api/v1/feedback", record, auth)
            emend = emend[0], lambda size: ours(size=size), emend[1]
            view = view[0], lambda size: load.posts(address, record, size=size), view[1]
            if options.minutes:
                watch(emend, options.minutes)
            else:
                sides = {"bare view": view, "emend": emend}
                measure(sides, {"INSERT": limits.insert, "COPY": limits.copy}, options)
        finally:
            for child, _ in servers:
                child.terminate()
                child.wait(20)
            redis.terminate()
            redis.wait(20)
            embedded.stop_postgres(Path(home))


def prepare():
    """A migrated database with a project and a key: their ids, and the secret."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    django.setup()
    call_command("migrate", verbosity=0)
    models, keys = import_module("governance.models"), import_module("governance.keys")
    project = models.Project.objects.create(slug="bench", name="Bench")
    person = models.User.objects.create_user("bench")
    key, secret = keys.make_key(project, "bench", person, now())
    connection.close()
    return project.pk, key.pk, secret


def serve(settings, module="config.wsgi"):
    """A granian as `manage.py up` runs it, of this module, once it answers; and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = import_module("config.management.commands.up").WEB
    child = subprocess.Popen(
        [sys.executable, *web, "--port", str(port), f"{module}:application"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings, "EMEND_DATABASE_POOL": "16"},
    )
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return child, port
        time.sleep(0.05)
    raise TimeoutError(settings)


def cpu_seconds(pids):
    """CPU time used so far by processes and all below them."""
    used = 0.0
    for pid in pids:
        top = psutil.Process(pid)
        for process in (top, *top.children(recursive=True)):
            with suppress(psutil.Error):
                times = process.cpu_times()
                used += times.user + times.system
    return used


def measure(servers, limits, options):
    """Alternate the sides and print medians; a ratio is taken within each round."""
    print(f"{options.rounds} rounds of {options.seconds:g} s, alternating; a generation of")
    print(f"{len(orjson.dumps(RECORD)):,} bytes, stored as 3 rows, synchronous_commit on")
    print(
        "| records a request | connections | side | records/s | p50 ms | p95 ms | p99 ms |", end=""
    )
    print(" CPU ms a record | of bare | of COPY |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size, connections in [(0, 1), (0, 8), (0, 32), (100, 1), (100, 8), (1000, 1), (1000, 8)]:
        found = {name: [] for name in (*servers, *limits)}
        for turn in range(options.rounds + 1):
            for name, (port, requests, pids) in servers.items():
                told = over_http(port, requests(size), connections, pids, size, options.seconds)
                if turn:  # the first round warms up
                    found[name].append(told)
            for name, limit in limits.items():
                if turn:
                    found[name].append((limit(size, options.seconds / 4), *[None] * 4))
        show(size, connections, found)


def over_http(port, requests, connections, pids, size, seconds):
    """Records per second, three percentiles of a request, and CPU milliseconds a record."""
    before = cpu_seconds(pids)
    rate, *times = load.run(port, requests, connections, seconds)
    rate *= size or 1
    return rate, *times, (cpu_seconds(pids) - before) / (rate * seconds) * 1e3


def show(size, connections, found):
    """One line a side."""
    for name, results in found.items():
        middle = [
            statistics.median(each) if each[0] else None for each in zip(*results, strict=True)
        ]
        shares = [
            statistics.median(
                mine[0] / other[0] for mine, other in zip(results, found[limit], strict=True)
            )
            for limit in ("bare view", "COPY")
        ]
        cells = [
            f"{middle[0]:,.0f}",
            *("" if each is None else f"{each:.2f}" for each in middle[1:]),
        ]
        cells += [f"{share:.0%}" for share in shares]
        print(f"| {size or 1} | {connections} | {name} | {' | '.join(cells)} |", flush=True)


class Limits:
    """What PostgreSQL itself takes on one connection: the same rows, made beforehand."""

    def __init__(self, project, key):
        self.project, self.key = project, key
        self.records = load.each_other(orjson.dumps(RECORD))

    def insert(self, size, seconds):
        """Records per second, a transaction of INSERT statements for each request."""
        return self._timed(size, seconds, self._insert)

    def copy(self, size, seconds):
        """Records per second by COPY, a transaction for each request."""
        return self._timed(size, seconds, self._copy)

    def _timed(self, size, seconds, store):
        took, done = 0.0, 0
        with psycopg.connect(os.environ["DATABASE_URL"]) as own:
            while took < seconds:
                sent = (orjson.loads(each) for each in islice(self.records, size or 1))
                rows = [bare_rows.rows_of(each, self.project, self.key) for each in sent]
                start = time.perf_counter()
                store(own, rows)
                own.commit()
                took += time.perf_counter() - start
                done += len(rows)
        return done / took

    def _insert(self, own, rows):
        with own.cursor() as cursor:
            cursor.executemany(bare_rows.BLOBS, [blobs for blobs, _ in rows])
            cursor.executemany(bare_rows.ROW, [row for _, row in rows])

    def _copy(self, own, rows):
        with own.cursor() as cursor:
            with cursor.copy(
                "COPY feedback_blob (id, project_id, sha256, text) FROM STDIN"
            ) as blobs:
                for two, _ in rows:
                    blobs.write_row(two[:4])
                    blobs.write_row(two[4:])
            with cursor.copy(
                f"COPY feedback_generation ({bare_rows.COPIED}) FROM STDIN"
            ) as generations:
                for _, row in rows:
                    generations.write_row([*row, "{}", now()])


def watch(server, minutes):
    """Eight connections for so long, alone and in batches; memory of the server every 10 s."""
    port, requests, pids = server
    print(f"resident MB of the web server over {minutes:g} minutes, eight connections")
    before, until = 0.0, time.monotonic() + minutes * 60
    while time.monotonic() < until:
        load.run(port, requests(0), 8, 5)
        load.run(port, requests(1000), 8, 5)
        top = psutil.Process(pids[0])
        held = sum(each.memory_info().rss for each in (top, *top.children(recursive=True))) / 2**20
        print(f"{held:,.0f} ({held - before:+.1f})" if before else f"{held:,.0f}", flush=True)
        before = held


if __name__ == "__main__":
    main()
