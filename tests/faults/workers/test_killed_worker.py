"""A real worker on a real broker, killed in the middle of a build."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import psutil
import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from config import machine
from config.management.commands.up import WORKER
from curation import datasets, tasks
from curation.models import DatasetVersion
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted
from tests.house import ROOT

# Two workers start one after the other, which takes what the machine has to spare
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture
def database():
    """The address of the database that this test's rows are in."""
    return make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])


@pytest.fixture
def start_worker(database):
    """Start the worker that `up` starts; nothing of it is left when the test ends."""
    workers = []

    def start():
        workers.append(
            subprocess.Popen(
                [sys.executable, *WORKER],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": database},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        return psutil.Process(workers[-1].pid)

    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    yield start
    for worker in workers:
        if worker.poll() is None:
            machine.end([psutil.Process(worker.pid)])
        worker.wait(10)


def wait_until(happened, worker):
    """As long as it takes: only a worker that ended cannot do it any more."""
    while not (found := happened()):
        assert worker.status() != psutil.STATUS_ZOMBIE, "the worker ended, and it never happened"
        time.sleep(0.1)
    return found


def kill_whole(worker):
    """As a machine that loses power does: the worker and its children at once.

    Until its last socket is closed Redis may still hand a message to it, which is lost then.
    """
    processes = [worker, *worker.children(recursive=True)]
    for process in processes:
        process.kill()
    psutil.wait_procs(processes)


def requested():
    project = make_project()
    for number in range(3):
        make_accepted(project, number=100 + number, repository=f"r{number}", client_id=f"c{number}")
    return datasets.request(project, make_curator(project), now())


def state_of(version):
    return DatasetVersion.objects.get(pk=version.pk).state


def test_what_a_killed_worker_left_is_found_by_the_sweep(start_worker, database):
    undisturbed, version = requested(), requested()
    datasets.build(undisturbed)
    worker = start_worker()
    with psycopg.connect(database) as blocker:
        blocker.execute("LOCK TABLE curation_datasetrow IN EXCLUSIVE MODE")
        tasks.build_dataset.delay(version.pk)
        wait_until(lambda: state_of(version) == "building", worker)
        kill_whole(worker)
    worker = start_worker()
    assert not datasets.due(now()).exists(), "nobody takes a build away that may be alive"

    long_ago = now() - datasets.QUIET - timedelta(seconds=1)
    DatasetVersion.objects.filter(pk=version.pk).update(touched_at=long_ago)
    tasks.sweep_datasets()
    wait_until(lambda: state_of(version) == "frozen", worker)
    assert DatasetVersion.objects.get(pk=version.pk).content_id == undisturbed.content_id
    assert undisturbed.content_id
