"""The real Ray: what it makes of a file is, byte for byte, what the same stages make without it.

`make test` makes its environment, with all of Emend's requirements; extras.txt has it.
"""

import os
import random
import subprocess
from pathlib import Path

import orjson
import pytest

from curation.from_file import FILES
from tests.curation_rows import QUICK, code, lines_of, row
from tests.installed import installed

pytestmark = pytest.mark.timeout(900)
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".cache/extras/bin/python"

# Ends every process that reads the row, as a fault in a parser written in C would
DEADLY = """
import os, sys
import orjson
loads = orjson.loads
def reads(line):
    if sys._getframe(1).f_code.co_name == "_parsed" and b"deadly" in line:
        os._exit(9)
    return loads(line)
orjson.loads = reads
"""


@pytest.fixture(scope="module")
def python():
    """The interpreter of an environment with the extras."""
    return installed(PYTHON)


@pytest.fixture
def curated(python, tmp_path):
    """Curate lines as a person does; what is in the files, and what the command said."""
    (tmp_path / "recipe.json").write_bytes(orjson.dumps({"labels": {"analysers": False}}))
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    variables = {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.test"}

    def ran(name, lines, *arguments):
        source, target = tmp_path / f"{name}.jsonl", tmp_path / name
        source.write_bytes(b"\n".join(lines))
        command = ["manage.py", "curate_file", source, target, "--recipe", tmp_path / "recipe.json"]
        done = subprocess.run(
            [python, *command, *arguments],
            cwd=ROOT,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said = done.stdout.replace(str(target), "").splitlines()[-2:]  # Ray tells of dead workers
        return {each: (target / each).read_bytes() for each in FILES} | {"said": said}

    return ran


def test_ray_makes_the_same_bytes_of_the_same_rows(curated):
    """In another order, by other workers, with rows that make stages fail and processes end."""
    rows = [
        row(f"r{n}", rejected=code(n % 90, 60), chosen=code(n % 90, 60) + "# end\n")
        for n in range(150)
    ]
    rows += [row(f"r{n}", comment=f"Again, with comment {n}.") for n in range(12)]
    rows += [row("deadly")]
    rows += [row(f"near{n}", chosen=code(n, 60).replace("alpha", "omega", 1)) for n in range(5)]
    lines = lines_of(rows).split(b"\n") + [b'{"id": "cut", ', b"", b" ", b"\xff" * 300_000]
    without = curated("without", lines, "--workers", "2")
    assert sum(len(line) for line in lines) > 8 * 64 * 1024  # so that Ray has pieces to mix up
    reasons = {orjson.loads(line)["reason"] for line in without["dropped.jsonl"].split()}
    assert reasons >= {"ended_its_process", "duplicate_id", "near_duplicate", "bad_json"}
    assert QUICK.digest in without["report.json"].decode()
    for workers in ("1", "2"):
        random.Random(workers).shuffle(lines)
        assert curated(f"ray{workers}", lines, "--on", "ray", "--workers", workers) == without


def test_without_ray_nothing_is_written(python, tmp_path):
    """A cluster that does not answer is told of, and no file is there that looks finished."""
    (tmp_path / "in.jsonl").write_bytes(lines_of([row()]))
    command = ["manage.py", "curate_file", tmp_path / "in.jsonl", tmp_path / "out"]
    done = subprocess.run(
        [python, *command, "--on", "ray", "--cluster", "127.0.0.1:9"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 1
    assert "Nothing was written." in done.stderr
    assert not list((tmp_path / "out").iterdir())
