"""`manage.py up` itself: one machine, started, asked, stopped, killed, and started again."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from config import machine
from tests.house import ROOT
from tests.silence import refusing_port

pytestmark = pytest.mark.timeout(300)
PATIENCE = 120  # seconds


class Up:
    """One run of `manage.py up` on a data directory."""

    def __init__(self, data_dir, *options, port=None):
        self.port = port or refusing_port()
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed with the run
        self.process = psutil.Popen(
            manage("up", "--port", str(self.port), "--data-dir", str(data_dir), *options),
            cwd=ROOT,
            env=alone(),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE
        while "Emend is ready" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
            assert set(json.load(answer).values()) == {"ok"}

    def ended(self):
        return self.process.wait(PATIENCE)


def manage(*arguments):
    return [sys.executable, "manage.py", *arguments]


def alone(**values):
    """An environment that names no servers, so that they are started."""
    taken = ("DATABASE_URL", "REDIS_URL", "EMEND_DATA_DIR", "EMEND_SECRET_KEY")
    kept = {name: value for name, value in os.environ.items() if name not in taken}
    return kept | {"DJANGO_SETTINGS_MODULE": "config.settings.development"} | values


def run(*arguments, **values):
    return subprocess.run(
        manage(*arguments),
        cwd=ROOT,
        env=alone(**values),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def running(data_dir):
    """Every living process of this directory: one that was told of it, or that works in it."""
    found = []
    for process in psutil.process_iter():
        try:
            told = process.environ().get("EMEND_DATA_DIR") == str(data_dir)
            inside = Path(process.cwd()).is_relative_to(data_dir)
        except psutil.Error:
            continue
        if (told or inside) and machine.is_alive(process):
            found.append(process)
    return found


@pytest.fixture(scope="module")
def data_dir():
    """One directory for all these tests: only the first start has a database to make."""
    with tempfile.TemporaryDirectory(prefix="emend-up-") as home:
        path = Path(home).resolve()
        yield path
        machine.end(running(path))


@pytest.fixture
def start(data_dir):
    runs = []

    def start_one(*options, **changes):
        runs.append(Up(data_dir, *options, **changes))
        return runs[-1]

    yield start_one
    for each in runs:
        machine.end([each.process])
        each.process.wait(PATIENCE)
        each.log.close()
    machine.end(running(data_dir))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_cleanly(start, data_dir, number):
    up = start()
    up.wait_until_ready()
    assert {process.name() for process in running(data_dir)} >= {"postgres", "redis-server"}
    up.process.send_signal(number)
    assert up.ended() == 0, up.said()
    assert running(data_dir) == []
    assert "Traceback" not in up.said()


def test_what_a_killed_run_left_is_ended_and_everything_starts_again(start, data_dir):
    killed = start()
    killed.wait_until_ready()
    killed.process.kill()
    killed.ended()
    left = running(data_dir)
    assert len(left) > 5, "the control: a killed run does leave its children"
    again = start(port=killed.port)
    again.wait_until_ready()
    taken_over = [process.name() for process in left if machine.is_alive(process)]
    assert set(taken_over) <= {"postgres"}


def test_a_second_start_on_the_directory_says_so_and_commands_find_the_first(start, data_dir):
    up = start()
    up.wait_until_ready()
    second = run("up", "--data-dir", str(data_dir), "--port", str(refusing_port()))
    assert second.returncode == 1
    assert f"Emend already runs on {data_dir} (process {up.process.pid})" in second.stderr
    asked = "from governance.models import User; print('people:', User.objects.count())"
    found = run("shell", "-v0", "-c", asked, EMEND_DATA_DIR=str(data_dir))
    assert found.stdout == "people: 0\n", found.stderr
    assert machine.is_alive(up.process)
    secrets = [data_dir / name for name in ("addresses.json", "secret_key", "redis/redis.conf")]
    assert {oct(path.stat().st_mode & 0o777) for path in secrets} == {"0o600"}


@pytest.mark.parametrize("victim", ["celery", "redis-server"])
def test_a_process_that_dies_ends_everything_and_is_named(start, data_dir, victim):
    up = start()
    up.wait_until_ready()
    told = {"celery": "The worker process ended", "redis-server": "redis ended"}[victim]
    workers = [one for one in running(data_dir) if victim in " ".join(one.cmdline())]
    chosen = [one for one in workers if victim != "celery" or "worker" in one.cmdline()]
    chosen[0].kill()
    assert up.ended() == 1
    assert told in up.said()
    assert running(data_dir) == []


def test_a_taken_port_is_named_and_nothing_is_left(start, data_dir):
    up = start()
    up.wait_until_ready()
    with tempfile.TemporaryDirectory(prefix="emend-up-") as home:
        other = run("up", "--data-dir", home, "--port", str(up.port))
        assert other.returncode == 1
        assert f"Port {up.port} cannot be used" in other.stderr
        assert "--port" in other.stderr
        assert running(Path(home).resolve()) == []


def test_servers_that_are_named_are_used_and_not_started(start, data_dir):
    """A command by hand starts none where both are named."""
    asked = "from django.conf import settings; print(settings.CELERY_BROKER_URL)"
    named = {"DATABASE_URL": "postgresql:///nowhere", "REDIS_URL": "redis://127.0.0.1:1/0"}
    found = run("shell", "-v0", "-c", asked, EMEND_DATA_DIR=str(data_dir), **named)
    assert found.stdout == "redis://127.0.0.1:1/0\n", found.stderr
    assert running(data_dir) == []
