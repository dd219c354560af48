"""The Python client in processes that end, fork and are killed."""

import os
import random
import subprocess
import sys
import threading

import pytest

from emend_client import Emend
from feedback.models import Correction, Generation, Reaction
from tests.builders import make_ingest_key, make_project
from tests.house import ROOT
from tests.live import Server
from tests.scripted import answers, scripted

SOURCE = ROOT / "clients" / "python" / "src"
PREFACE = """
import os, sys
from emend_client import Emend, Limits
emend = Emend(limits=Limits(linger=0.01, batch=7), exit_timeout=0.5)
"""
ENDLESS = """
number = 0
while True:
    made = emend.generation(output=str(number), session=sys.argv[1], number=number)
    if number % 3 == 0:
        made.shown()
    if emend.sync(10) == 0:
        print(made.id, flush=True)
    number += 1
"""


@pytest.fixture
def script(tmp_path):
    """Start a program that reports with the client."""
    started = []

    def start(code, url, *arguments, key="emk_test"):
        variables = {"EMEND_URL": url, "EMEND_INGEST_KEY": key, "XDG_STATE_HOME": str(tmp_path)}
        started.append(
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", PREFACE + code, *arguments],
                env=os.environ | variables | {"PYTHONPATH": str(SOURCE)},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait(10)
        each.stdout.close()


def test_a_program_that_just_ends_delivers_or_leaves_it_to_the_next(script):
    with scripted() as server:
        assert script("emend.generation(output='x').shown()", server.url).wait(20) == 0
        assert len(server.order) == 2
        server.script = [answers(503)] * 100
        assert script("emend.generation(output='y').shown()", server.url).wait(20) == 0
        assert len(server.order) == 2
        server.script.clear()
        assert script("sys.exit(emend.flush(10))", server.url).wait(20) == 0
        assert len(server.order) == 4


def test_a_fork_sends_its_own_records_and_not_its_parents(script):
    forks = """
emend.generation(output='before')
child = os.fork()
emend.generation(output='child' if child == 0 else 'parent')
left = emend.flush(10)
if child == 0:
    os._exit(left)
sys.exit(left + os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    with scripted() as server:
        assert script(forks, server.url).wait(20) == 0
        sent = [each["output"] for _, _, records in server.requests for each in records]
        assert sorted(sent) == ["before", "child", "parent"]


@pytest.fixture(scope="module")
def emend_server(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        server = Server()
    yield server
    server.kill()


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_process_had_on_disk_is_stored_once_and_in_order(script, emend_server):
    """Four processes, two at a time and all on one spool, each killed at some moment."""
    secret = make_ingest_key(make_project())[1]
    url = f"http://127.0.0.1:{emend_server.port}"
    chance, acknowledged = random.Random(7), []

    def run_and_kill(name, lines):
        process = script(ENDLESS, url, name, key=secret)
        acknowledged.extend(process.stdout.readline().strip() for _ in range(lines))
        process.kill()
        acknowledged.extend(line.strip() for line in process.stdout if line.endswith("\n"))

    for turn in range(2):
        crowd = [
            threading.Thread(target=run_and_kill, args=(f"{turn}-{n}", chance.randrange(1, 30)))
            for n in range(2)
        ]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join(30)
    drain = "sys.exit(emend.flush(20) + emend.stats().refused)"
    assert script(drain, url, key=secret).wait(30) == 0
    stored = list(Generation.objects.order_by("pk"))
    ids = [each.client_id for each in stored]
    assert len(acknowledged) >= 4
    assert set(acknowledged) - set(ids) == set()
    assert len(ids) == len(set(ids))
    for session in {made.session for made in stored}:
        numbers = [made.extra["number"] for made in stored if made.session == session]
        assert numbers == list(range(len(numbers)))
    about = [made for made in stored if made.extra["number"] % 3 == 0]
    assert len(about) - 4 <= Reaction.objects.count() <= len(about)


@pytest.mark.django_db(transaction=True)
def test_an_emend_stores_what_each_verb_says(emend_server, tmp_path):
    secret = make_ingest_key(make_project())[1]
    refused = []
    emend = Emend(
        f"http://127.0.0.1:{emend_server.port}",
        secret,
        spool_dir=tmp_path,
        on_refused=lambda record, problem: refused.append((record["type"], problem["status"])),
    )
    made = emend.generation(
        prompt="def total(prices):\n",
        output="    return sum(prices) / 100\n",
        language="python",
        file_path="billing/money.py",
        repository="acme/billing",
        model_name="small-coder-7b",
        confidence=0.5,
        developer="ines",
    )
    made.shown().accepted().edited().rejected().copied().timed_out().reverted()
    made.rated(True).commented("slow")
    made._survived(30.0, 30.2, 0.75)
    made.corrected("x\n", span=((1, 4), (1, 10)), category="logic", severity="high", comment="no")
    made.corrected("x\n", span=((7, 0), (7, 1)))  # the output has two lines
    assert emend.close(10) == 0
    stored = Generation.objects.get()
    assert (stored.client_id, stored.developer, stored.confidence) == (made.id, "ines", 0.5)
    kinds = list(Reaction.objects.order_by("pk").values_list("kind", "value"))
    assert kinds.count(("survived", 0.75)) == kinds.count(("rated", 1)) == 1
    assert {kind for kind, _ in kinds} == set(Reaction.Kind.values)
    correction = Correction.objects.get()
    assert (correction.start_line, correction.end_column, correction.severity) == (1, 10, "high")
    stats = emend.stats()
    assert stats.delivered == stats.recorded - stats.refused == 12
    assert refused == [("correction", 422)]
