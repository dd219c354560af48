"""The real wandb, offline: what it lists of a version is what we computed, and nothing else goes.

`make test` makes its environment; extras.txt has it. Nothing here has a network.
"""

import hashlib
import json
import os
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from django.db import connection

from curation import publishing
from curation.exports.hugging_face import files
from governance.models import LedgerEntry
from tests.builders import make_project
from tests.curation_builders import make_frozen
from tests.installed import installed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".cache/extras/bin/python"


@pytest.fixture
def sent(tmp_path):
    """Give a version to W&B as a person does; what the command said, and what was kept."""
    python = installed(PYTHON)

    def ran(version, *arguments):
        name = connection.settings_dict["NAME"]
        variables = {
            "DATABASE_URL": os.environ["DATABASE_URL"].replace("/emend?", f"/{name}?"),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "HOME": str(tmp_path),
        }
        command = ["wandb_dataset", "--project", version.project.slug, "--to", "data"]
        return subprocess.run(
            [python, "manage.py", *command, "--folder", tmp_path / "kept", *arguments],
            cwd=ROOT,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    return ran


def artifact_digest(digests):
    listed = "".join(f"{path}:{digest}\n" for path, digest in sorted(digests.items()))
    return hashlib.md5(b"wandb-artifact-manifest-v1\n" + listed.encode()).hexdigest()


def test_the_digests_are_those_of_the_files_and_of_dvc(sent, tmp_path, settings):
    settings.PUBLISHED_DIR = tmp_path / "published"
    version = make_frozen(make_project())
    bodies = {file.path: b"".join(file.pieces()) for file in files(version)}
    md5s = {path: hashlib.md5(body) for path, body in bodies.items()}
    digests = {path: b64encode(md5.digest()).decode() for path, md5 in md5s.items()}
    done = sent(version, "--version", "1", "--offline")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().endswith(f"emend-v1 with the digest {artifact_digest(digests)}")

    publication = publishing.publish(version)
    assert {path: each["md5"] for path, each in publication.stored.items()} == {
        path: md5.hexdigest() for path, md5 in md5s.items()
    }
    entry = LedgerEntry.objects.get(action="dataset version given to W&B")
    told = json.loads(bytes(entry.body))["details"]
    assert (told["digest"], told["to"]) == (artifact_digest(digests), "data")

    log = next((tmp_path / "kept").rglob("run-*.wandb")).read_bytes()
    for path, digest in digests.items():  # what `wandb sync` will send
        assert path.encode() in log
        assert digest.encode() in log
    for private in (os.uname().nodename, str(ROOT)):
        assert bytes([len(private)]) + private.encode() not in log, private


def test_a_version_that_is_not_frozen_goes_nowhere(sent, tmp_path):
    version = make_frozen(make_project())
    done = sent(version, "--version", "2", "--offline")
    assert done.returncode == 1
    assert "Nothing was sent." in done.stderr
    assert not (tmp_path / "kept").exists()
