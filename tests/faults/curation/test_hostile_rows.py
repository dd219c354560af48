"""A row that a stage fails of, or that ends a worker's process, ends no run."""

import os
import subprocess
import sys
import time
from contextlib import closing

import psutil
import pytest

from curation.crew import Careful, Crew
from curation.recipe import Labels, Recipe
from curation.stages.pipeline import local
from tests.curation_rows import curated, lines_of, row

QUICK = Recipe(labels=Labels(analysers=False))


def look(lines):
    """Fails of one row, and dies of another."""
    for line in lines:
        if b"deadly" in line:
            os._exit(9)
        if b"poison" in line:
            raise ZeroDivisionError
    return local(lines, QUICK, ())


LINES = [b'{"id": "r%d"}' % n for n in range(6)]


def test_only_the_row_that_fails_falls_out():
    found = Careful(look)([*LINES[:3], b'{"id": "poison"}', *LINES[3:]])
    assert sum(each.read for each in found) == 7
    fallen = [(one.id, one.reason) for each in found for one in each.dropped]
    assert ("poison", "failed_ZeroDivisionError") in fallen
    assert [name for name, why in fallen if why == "no_prompt"] == [f"r{n}" for n in range(6)]


def test_only_the_row_that_ends_a_process_falls_out():
    batches = [LINES[:2], [b'{"id": "deadly"}', LINES[2]], LINES[3:]]
    with closing(Crew(1, Careful(look))) as crew:
        found = list(crew.results(batches))
    fallen = {one.id: one.reason for each in found for one in each.dropped}
    assert fallen.pop("deadly") == "ended_its_process"
    assert fallen == {f"r{n}": "no_prompt" for n in range(6)}


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        "-" * 20_000 + "1",
        "[" * 400 + "]" * 400,
        "`" * 30_000 + "\n" + "`" * 30_000,
        "x = " + "9" * 20_000,
        "if x:\n" + " " * 20_000 + "y",
        "\u2028\u2029\x0b\x0c\x1c\x85" * 50,
        "é" * 20_000,
        "@" * 20_000,
        "password = '" + "a" * 20_000,
        "<" * 20_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_hostile_code_is_labelled_and_kept_or_dropped(tmp_path, text):
    rows = [
        row(f"{language} {side}", language=language, **{side: text})
        for language in ("python", "typescript", "unheard-of")
        for side in ("rejected", "chosen", "comment", "prompt")
    ]
    found = curated(tmp_path, rows)
    assert len(found["labels"]) == 12 == len(found["kept"]) + len(found["dropped"])
    reasons = {each["reason"] for each in found["dropped"]}
    assert not any(why.startswith(("failed", "ended")) for why in reasons), reasons


def test_workers_end_with_the_run_that_is_killed(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_bytes(lines_of(row(f"r{n}") for n in range(20_000)))
    child = subprocess.Popen(
        [sys.executable, "manage.py", "curate_file", source, tmp_path / "out", "--workers", "2"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
    )
    top = psutil.Process(child.pid)
    workers = until(lambda: [each for each in top.children(recursive=True) if busy(each)][1:])
    assert workers
    child.kill()
    child.wait()
    assert until(lambda: not any(each.is_running() for each in workers))


def busy(process):
    """Whether it is a worker at its lines, and no server that forks workers."""
    try:
        return process.parent().name() == process.name() and process.cpu_times().user > 0.5
    except psutil.Error:
        return False


def until(told):
    for _ in range(600):
        if found := told():
            return found
        time.sleep(0.1)
    return told()
