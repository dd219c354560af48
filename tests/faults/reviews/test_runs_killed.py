"""Test runs whose worker dies, is slow, or is told twice; with the real sandbox where it can be."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import psutil
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from lib.clock import now
from reviews import running, tasks
from reviews.models import SandboxReport, TestResult, TestRun
from reviews.running import LEASE
from reviews.sandbox import box
from reviews.sandbox.proof import Proof
from tests.builders import make_curator, make_project
from tests.house import ROOT
from tests.sandboxes import tools_or_skip
from tests.testing_builders import OWN, make_recipe, make_runs, make_tested

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60
State = TestRun.State


class Killed(BaseException):
    """As SIGKILL: nothing after it runs."""


@pytest.fixture(scope="module")
def holds():
    return Proof((), tools_or_skip())


def states():
    return sorted(TestRun.objects.values_list("state", flat=True))


def outcomes_of(run):
    return {each.name: each.outcome for each in run.results.all()}


def run_all(proof):
    while running.run_next(proof, "here", now()) is not None:
        continue


def test_from_the_question_to_the_results(holds):
    task = make_tested(make_project(), OWN)
    make_runs(task)
    run_all(holds)
    assert states() == [State.DONE, State.DONE]
    output = TestRun.objects.get(code=task.example.output_id)
    ideal = TestRun.objects.get(code=task.example.ideal_id)
    assert outcomes_of(output) == {"test_sum": "failed", "test_zero": "passed"}
    assert outcomes_of(ideal) == {"test_sum": "passed", "test_zero": "passed"}
    assert "Python" in output.made_of


def test_a_check_function_as_benchmarks_write_it(holds):
    told = {
        "framework": "python-check",
        "code": "def check(candidate):\n    assert candidate(2, 3) == 5\n",
        "entry_point": "add",
    }
    task = make_tested(make_project(), told)
    make_runs(task)
    run_all(holds)
    ideal = TestRun.objects.get(code=task.example.ideal_id)
    output = TestRun.objects.get(code=task.example.output_id)
    assert outcomes_of(ideal) == {"tests": "passed"}
    assert outcomes_of(output) == {"tests": "failed"}


def test_a_command_of_a_recipe(holds):
    project = make_project()
    make_recipe(
        project,
        make_curator(project),
        kind="command",
        command="sh {test}",
        tests=(
            ("sum.sh", "grep -q 'a + b' money/sums.py"),
            ("beside.sh", "grep -q settings data/beside.txt"),
            ("absent.sh", "exec no-such-program"),
        ),
        files=(("data/beside.txt", "settings"),),
    )
    task = make_tested(project)
    make_runs(task)
    run_all(holds)
    output = TestRun.objects.get(code=task.example.output_id)
    ideal = TestRun.objects.get(code=task.example.ideal_id)
    assert outcomes_of(output)["sum.sh"] == "failed"
    assert outcomes_of(ideal) == {"sum.sh": "passed", "beside.sh": "passed", "absent.sh": "failed"}


def test_a_path_that_leads_out_stays_inside(holds):
    task = make_tested(make_project(), OWN, file_path="../../../../etc/sums.py")
    make_runs(task)
    run_all(holds)
    ideal = TestRun.objects.get(code=task.example.ideal_id)
    assert outcomes_of(ideal) == {"test_sum": "passed", "test_zero": "passed"}


def test_a_worker_killed_in_the_sandbox_leaves_the_run_to_the_next(holds, monkeypatch):
    make_runs(make_tested(make_project(), OWN))

    def dies(*_):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(box, "run", dies)
        with pytest.raises(Killed):
            running.run_next(holds, "here", now())
    assert states() == [State.QUEUED, State.RUNNING]
    assert running.take("here", now()) is None, "nobody takes away a run that may be alive"
    later = now() + LEASE + timedelta(seconds=1)
    while running.run_next(holds, "there", later) is not None:
        continue
    assert states() == [State.DONE, State.DONE]
    assert TestResult.objects.count() == 4


def test_a_worker_killed_while_it_writes_leaves_nothing_half_written(holds, monkeypatch):
    make_runs(make_tested(make_project(), OWN))

    def dies(*_):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(TestResult.objects, "bulk_create", dies)
        with pytest.raises(Killed):
            running.run_next(holds, "here", now())
    assert states() == [State.QUEUED, State.RUNNING]
    assert not TestResult.objects.exists()


def test_a_message_delivered_twice_does_no_harm(holds, monkeypatch):
    make_runs(make_tested(make_project(), OWN))
    monkeypatch.setattr(tasks, "standing", lambda **_: holds)
    monkeypatch.setattr(tasks, "nudge", lambda *_: None)
    for _ in range(4):
        tasks.run_tests()
    assert states() == [State.DONE, State.DONE]
    assert TestResult.objects.count() == 4


def test_turned_off_nothing_runs(settings, monkeypatch):
    settings.SANDBOX = False
    started = []
    monkeypatch.setattr(box, "run", lambda *_: started.append(1))
    make_runs(make_tested(make_project(), OWN))
    tasks.run_tests()
    assert states() == [State.REFUSED, State.REFUSED]
    assert "EMEND_SANDBOX" in SandboxReport.objects.get().problem
    assert started == []


def test_a_real_worker_killed_in_the_middle(holds):
    """What runs in its sandbox ends with it, and after the lease another worker finishes."""
    slow = OWN | {"code": "import os\ndef test_it():\n    os.execvp('sleep', ['sleep', '86396'])\n"}
    task = make_tested(make_project(), slow, output="x = 1\n", ideal="x = 1\n")
    make_runs(task)
    database = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    script = (
        "import django; django.setup()\n"
        "from reviews import tasks\n"
        "tasks.nudge = lambda *_: None\n"
        "tasks.run_tests()\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database},
    )
    try:
        wait_until(sleeping)
        assert states() == [State.RUNNING]
    finally:
        worker.kill()
        worker.wait(10)
    wait_until(lambda: not sleeping())
    later = now() + LEASE + timedelta(seconds=1)
    run = running.run_next(holds, "there", later)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.DONE, 2)
    assert outcomes_of(run) == {"test_it": "timeout"}


def sleeping():
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"] == ["sleep", "86396"]
    ]


def wait_until(happened):
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
