"""Single-record ingest against a bare view that inserts the same rows, in alternating runs.

Run it as `python -m benchmarks.bench_ingest [--rounds 5] [--seconds 4]`. It starts its own
PostgreSQL (durable), Redis and two granian servers with the configuration of `manage.py up`.
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
from importlib import import_module
from pathlib import Path
from secrets import token_urlsafe

import django
import orjson
import psutil
from django.core.management import call_command
from django.db import connection

from benchmarks import load
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
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        os.environ["EMEND_SECRET_KEY"] = token_urlsafe(64)
        os.environ["DATABASE_URL"] = embedded.start_postgres(Path(home))
        redis, os.environ["REDIS_URL"] = embedded.start_redis(Path(home))
        servers = []
        try:
            project, key, secret = prepare()
            record = orjson.dumps(RECORD)
            servers = [serve("config.settings.development"), serve("benchmarks.bare")]
            postgres = embedded.postgres_process(Path(home)).pid
            emend, bare = ((port, (child.pid, postgres)) for child, port in servers)
            auth = f"Authorization: Bearer {secret}\r\n"
            measure(
                {
                    "bare": (bare[0], load.posts(f"/bare/{project}/{key}", record), bare[1]),
                    "emend": (emend[0], load.posts("/api/v1/feedback", record, auth), emend[1]),
                },
                options,
            )
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


def serve(settings):
    """A granian as `manage.py up` runs it, with these settings, once it answers; and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = import_module("config.management.commands.up").WEB
    child = subprocess.Popen(
        [sys.executable, *web, "--port", str(port), "config.wsgi:application"],
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


def measure(sides, options):
    """Alternate the sides and print medians; a ratio is taken within each round."""
    print(f"{options.rounds} rounds of {options.seconds:g} s, alternating; a generation of")
    print(f"{len(orjson.dumps(RECORD)):,} bytes, stored as 3 rows, synchronous_commit on")
    print("| connections | side | records/s | p50 ms | p95 ms | CPU ms a record | of bare |")
    print("|---|---|---|---|---|---|---|")
    for connections in (1, 8):
        found = {name: [] for name in sides}
        for turn in range(options.rounds + 1):
            for name, (port, requests, pids) in sides.items():
                before = cpu_seconds(pids)
                rate, *times = load.run(port, requests, connections, options.seconds)
                cost = (cpu_seconds(pids) - before) / (rate * options.seconds) * 1e3
                if turn:  # the first round warms up
                    found[name].append((rate, *times, cost))
        for name, results in found.items():
            columns = zip(*results, strict=True)
            rate, middle, late, cost = (statistics.median(column) for column in columns)
            pairs = zip(results, found["bare"], strict=True)
            share = statistics.median(mine[0] / bare[0] for mine, bare in pairs)
            print(
                f"| {connections} | {name} | {rate:,.0f} | {middle:.2f} | {late:.2f} "
                f"| {cost:.2f} | {share:.0%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
