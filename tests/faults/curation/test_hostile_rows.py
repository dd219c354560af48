"""A row that a stage fails of, or that ends a worker's process, ends no run."""

import os
from contextlib import closing

import pytest

from curation.crew import Careful, Crew
from curation.recipe import Labels, Recipe
from curation.stages.pipeline import local
from tests.curation_rows import curated, row

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
