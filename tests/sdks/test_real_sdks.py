"""The real SDKs, unmodified, each in its own process and environment, against a running server.

`make test` makes their environment; what it holds is in requirements.txt beside this file.
"""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from feedback.models import Correction, Generation, Original, Orphan, Quarantined, Reaction
from feedback.tasks import join_orphans
from governance.models import AccessToken
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_ingest_key, make_project, make_reviewer
from tests.installed import installed
from tests.live import Server

pytestmark = pytest.mark.django_db(transaction=True)
Scope = AccessToken.Scope
HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".cache/sdks/bin/python"


@pytest.fixture(scope="module")
def python():
    """The interpreter of the SDKs' own environment."""
    return installed(PYTHON)


@pytest.fixture(scope="module")
def server(django_db_setup):
    """One for all; each test has a project and a key of its own."""
    started = Server()
    yield started
    started.kill()


@pytest.fixture
def run(python, server):
    """Run a program of ours that uses an SDK as its users do, twice if told."""
    project = make_project()
    _, secret = make_ingest_key(project)
    person, life = make_reviewer(project), timedelta(hours=1)
    _, token = make_token(person, "reader", life, now(), scope=Scope.READ, project=project)

    def ran(name, times=1):
        variables = {"URL": f"http://127.0.0.1:{server.port}", "KEY": secret, "TOKEN": token}
        for _ in range(times):
            done = subprocess.run(
                [python, HERE / "programs" / f"{name}.py"],
                env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]} | variables,
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr

    return ran


def waiting():
    """What waits for a generation nobody sent: the type and kind of each."""
    told = [(each.type, json.loads(each.record)) for each in Orphan.objects.all()]
    return sorted((type, record.get("kind", "")) for type, record in told)


def test_mlflow(run):
    run("mlflow_feedback")
    assert waiting() == [("correction", ""), ("reaction", "accepted"), ("reaction", "rejected")]
    assert Original.objects.count() == 4


def test_langfuse(run):
    run("langfuse_scores")
    made = Generation.objects.select_related("output").get()
    assert (made.output.text, made.model_name) == ("x = 1", "small-coder")
    assert Reaction.objects.get().kind == "accepted"
    assert Correction.objects.get().corrected.text == "x = 2\n"


def test_phoenix(run):
    run("phoenix_annotations", times=2)
    assert waiting() == [("reaction", "accepted")]


def test_opik(run):
    run("opik_traces")
    join_orphans()  # its two senders race; the sweep joins what crossed
    assert Generation.objects.get().output.text == "x = 1"
    assert Reaction.objects.get().kind == "accepted"


def test_tensorzero(run):
    run("tensorzero_feedback", times=2)
    assert waiting() == [("correction", ""), ("reaction", "accepted"), ("reaction", "commented")]


def test_openai(run):
    run("openai_completions", times=2)
    assert Generation.objects.get().output.text == "x = 1"
    assert Reaction.objects.get().kind == "accepted"
    assert Quarantined.objects.count() == 1


def test_opentelemetry(run):
    run("opentelemetry_logs")
    assert Generation.objects.get().output.text == "x = 1"
    assert Reaction.objects.get().kind == "accepted"
