"""Hostile programs in the real sandbox: each is contained, and the next test is none the wiser."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from reviews.sandbox.box import Finished
from reviews.sandbox.limits import MIB, USUAL
from reviews.sandbox.outcomes import Broken, outcomes
from tests.house import ROOT
from tests.sandboxes import tools_or_skip, try_it

PATIENCE = 20


@pytest.fixture(scope="module")
def tools():
    return tools_or_skip()


def hostile(tools, body, limits=USUAL, **changes):
    """Run `body` as a test between two that are harmless; its outcome."""
    lines = "\n    ".join(body.strip().split("\n"))
    tests = (
        "import os, socket, subprocess, sys, threading, time\n"
        "def test_before():\n    assert add(1, 2) == 3\n"
        f"def test_hostile():\n    {lines}\n"
        "def test_after():\n    assert add(1, 2) == 3\n"
    )
    told, _ = try_it(tools, "def add(a, b):\n    return a + b\n", tests, limits, **changes)
    assert told["test_before"].outcome == "passed", told
    assert told["test_after"].outcome == "passed", told
    return told["test_hostile"]


def test_a_fork_bomb(tools):
    bomb = hostile(tools, "while True:\n    os.fork()", seconds=2)
    assert bomb.outcome in ("failed", "error", "timeout")


def test_a_bomb_of_threads(tools):
    body = "for _ in range(1000):\n    threading.Thread(target=time.sleep, args=[60]).start()"
    assert "can't start new thread" in hostile(tools, body, seconds=3).message


def test_a_memory_hog(tools):
    assert "MemoryError" in hostile(tools, "held = b'x'\nwhile True:\n    held += held").message


def test_many_memory_hogs_at_once(tools):
    """Each within its own limit; only their sum is too much."""
    body = (
        "def test_hogs():\n"
        "    import os, time\n"
        "    for _ in range(8):\n"
        "        if os.fork() == 0:\n"
        "            held = bytearray(b'x') * (100 * 1024 * 1024)\n"
        "            time.sleep(60)\n"
        "    time.sleep(60)\n"
    )
    few = replace(USUAL, total_bytes=300 * MIB)
    told, finished = try_it(tools, "", body, few, seconds=30)
    assert finished.stopped == "memory"
    assert told["test_hogs"].outcome == "error"
    assert finished.seconds < 20


def test_an_endless_loop(tools):
    started = time.monotonic()
    assert hostile(tools, "while True:\n    pass", seconds=1).outcome == "timeout"
    assert time.monotonic() - started < PATIENCE


def test_an_endless_loop_before_any_test(tools):
    told, finished = try_it(
        tools, "while True: pass", "def test_it():\n    pass", replace(USUAL, seconds=2), seconds=60
    )
    assert (finished.stopped, told["test_it"].outcome) == ("time", "timeout")


def test_processor_time_is_limited_too(tools):
    few = replace(USUAL, cpu_seconds=1)
    told, _ = try_it(tools, "", "def test_it():\n    while True: pass", few, seconds=20)
    assert told["test_it"].outcome == "timeout"


def test_the_network(tools):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        here = hostile(tools, f"socket.create_connection(('127.0.0.1', {port}), 2)")
        away = hostile(tools, "socket.create_connection(('192.0.2.1', 80), 2)")
    assert "refused" in here.message
    assert "unreachable" in away.message


def test_the_database_and_the_broker(tools):
    """Both listen on sockets of this machine; neither can be reached or read about."""
    body = "socks = [each for each in os.environ if 'URL' in each or 'EMEND' in each]\nassert socks"
    assert hostile(tools, body).outcome == "failed"


@pytest.mark.parametrize(
    "path", ["/etc/shadow", "/etc/passwd", "/root", "/proc/1/environ", "/sys", str(ROOT)]
)
def test_reading_what_is_not_its_own(tools, path):
    assert "No such file" in hostile(tools, f"os.stat({path!r})").message


def test_reading_a_file_that_everyone_may_read(tools, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("ours")
    assert "No such file" in hostile(tools, f"open({str(secret)!r}).read()").message


@pytest.mark.parametrize("folder", ["/", "/usr", "/etc", "/dev", "/emend", "/usr/local/lib"])
def test_writing_outside(tools, folder):
    said = hostile(tools, f"open({folder!r} + '/mark', 'w')").message
    assert "Read-only" in said or "Permission" in said


def test_a_link_that_leads_out(tools, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("ours")
    body = f"os.symlink({str(secret)!r}, 'way-out')\nopen('way-out').read()"
    assert "No such file" in hostile(tools, body).message
    body = f"os.symlink({str(tmp_path)!r}, 'way-out')\nopen('way-out/mark', 'w')"
    assert "No such file" in hostile(tools, body).message
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_printing_without_end(tools):
    loud = hostile(tools, "while True:\n    print('x' * 100_000)", seconds=3)
    assert loud.outcome in ("failed", "timeout", "error")
    assert len(loud.output) < 10_000
    assert "bytes left out" in loud.output


def test_filling_the_disk(tools):
    body = (
        "for n in range(1000):\n"
        "    with open(f'/tmp/fill-{n}', 'wb') as out:\n"
        "        out.write(bytes(8_000_000))"
    )
    assert "No space left" in hostile(tools, body).message


def test_one_file_too_large(tools):
    body = "out = open('/tmp/one', 'wb')\nfor n in range(40):\n    out.write(bytes(1_000_000))"
    assert "File too large" in hostile(tools, body).message


def test_something_left_running(tools):
    body = "subprocess.Popen(['sleep', '86399'], start_new_session=True)"
    assert hostile(tools, body).outcome == "passed"
    assert not named("sleep", "86399")


def test_something_that_hides_from_its_parents(tools):
    body = (
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.execvp('sleep', ['sleep', '86398'])\n"
        "    os._exit(0)\n"
        "time.sleep(0.2)"
    )
    assert hostile(tools, body).outcome == "passed"
    assert not named("sleep", "86398")


def test_what_one_test_leaves_the_next_does_not_find(tools):
    tests = (
        "import os\n"
        "def test_one():\n    open('/tmp/left', 'w'); open('mark', 'w'); add.seen = True\n"
        "def test_two():\n"
        "    assert not os.path.exists('/tmp/left') and not os.path.exists('mark')\n"
        "    assert not hasattr(add, 'seen')\n"
    )
    told, _ = try_it(tools, "def add(a, b):\n    return a + b\n", tests)
    assert [each.outcome for each in told.values()] == ["passed", "passed"]


def test_waiting_for_somebody_to_type(tools):
    assert "EOFError" in hostile(tools, "input('password: ')").message


def test_leaving_early_is_not_passing(tools):
    assert hostile(tools, "os._exit(0)").outcome == "error"
    assert hostile(tools, "sys.exit(0)").outcome == "failed"


def test_killing_whoever_watches_from_inside(tools):
    tests = "import os\ndef test_it():\n    os.kill(os.getppid(), 9)\ndef test_next():\n    pass\n"
    told, finished = try_it(tools, "", tests)
    assert [each.outcome for each in told.values()] == ["error", "error"]
    assert finished.code != 0


def test_code_that_kills_its_runner_before_the_tests_are_known():
    """What was never announced has no outcome that could be mistaken for a passed one."""
    with pytest.raises(Broken):
        outcomes(Finished(code=137, output=b"", errors=b"", seconds=0.1))


def test_our_files_are_nobodys_inside(tools):
    """No descriptor of ours but the three, and no way to the protocol."""
    body = "left = []\nfor n in range(3, 64):\n    try:\n        left.append(os.fstat(n))\n"
    body += "    except OSError:\n        pass\nassert len(left) <= 1, left  # where it answers"
    assert hostile(tools, body).outcome == "passed"


def test_nothing_outlives_a_worker_that_is_killed(tools):
    """SIGKILL gives the worker no time to clean up; the kernel does it."""
    script = (
        "from reviews.sandbox import box\n"
        "from reviews.sandbox.limits import USUAL\n"
        "from tests.sandboxes import plan\n"
        "tests = \"import os\\ndef test_it():\\n    os.execvp('sleep', ['sleep', '86397'])\"\n"
        "box.run(box.tools(), plan('', tests, seconds=60), USUAL)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    try:
        wait_until(lambda: named("sleep", "86397"))
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)
    wait_until(lambda: not named("sleep", "86397"))


def named(*command):
    """The machine's processes with this command line."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"] == list(command)
    ]


def wait_until(happened):
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
