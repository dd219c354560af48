"""Which rows a version holds: pure, and the same under any order and hash seed."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from curation.datasets import DEFAULT
from curation.selection import Candidate, Looks, plan
from lib.canonical import digest_of

EMPTY = UUID(int=0)


def candidate(number, **changes):
    told = {
        "example": number,
        "decision": number,
        "outcome": "accepted",
        "reason": "",
        "client_id": f"c{number}",
        "prompt": UUID(int=number + 1),
        "output": UUID(int=1),
        "ideal": UUID(int=2),
        "repository": f"r{number % 7}",
        "session": "",
        "category": "logic",
        "severity": "",
    }
    return Candidate(**told | changes)


def outline(candidates):
    made = plan(candidates, DEFAULT, EMPTY)
    rows = [[row.split, *(each.client_id for each in row.members)] for row in made.rows]
    return digest_of({"rows": rows, "funnel": made.funnel.steps()})


def many():
    return [candidate(n, prompt=UUID(int=n % 30 + 1)) for n in range(100)]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_does_not_matter(seed):
    assert outline(random.Random(seed).sample(many(), 100)) == outline(many())


def test_row_numbers_do_not_matter():
    moved = [
        candidate(n, prompt=UUID(int=n % 30 + 1), example=n + 500, decision=9) for n in range(100)
    ]
    assert outline(moved) == outline(many())


def test_the_hash_seed_does_not_matter():
    program = (
        "import sys, runpy, django\n"
        "django.setup()\n"
        "here = runpy.run_path(sys.argv[1])\n"
        "print(here['outline'](here['many']()))\n"
    )
    places = {
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    told = {
        subprocess.run(
            [sys.executable, "-c", program, __file__],
            env={"PYTHONHASHSEED": seed} | places,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert told == {outline(many()) + "\n"}


def test_each_step_of_the_funnel_adds_up():
    candidates = [
        candidate(1),
        candidate(2, prompt=UUID(int=2)),
        candidate(3, ideal=UUID(int=1)),
        candidate(4, ideal=EMPTY),
        candidate(5, outcome="rejected", reason="wrong"),
        candidate(6, outcome="", ideal=None),
        candidate(7, outcome="withdrawn", ideal=None),
    ]
    steps = plan(candidates, DEFAULT, EMPTY).funnel.steps()
    kept = [step["kept"] for step in steps]
    assert kept == [7, 4, 2, 1, 1, 1]
    for before, step in zip(kept, steps[1:], strict=False):
        assert before - step["kept"] == sum(step["dropped"].values())


def test_a_recipe_without_near_duplicates_gathers_none():
    recipe = {name: value for name, value in DEFAULT.items() if name != "near_duplicates"}
    made = plan(many(), recipe, EMPTY, Looks(gather=lambda rows: rows[:1]))
    assert len(made.rows) == 30
    assert made.funnel.steps()[-1]["step"] == "clean"


def test_kin_share_a_split_and_who_is_behind_a_row_ties_it_too():
    def gather(rows):
        first, second, third, *others = rows
        kin = [replace(first, near=second.members, kin="k"), replace(third, kin="k")]
        return [*kin, *others]

    rows = [candidate(n, prompt=UUID(int=n + 1), repository=f"r{n}") for n in range(40)]
    made = plan(rows, DEFAULT, EMPTY, Looks(gather=gather))
    assert (len(made.rows), made.examples) == (39, 40)
    assert made.grouping.groups == 38
    by_kin = {row.split for row in made.rows if row.kin}
    assert len(by_kin) == 1


TERMS = {
    "repositories": {
        "open": [True, "MIT"],
        "copyleft": [True, "GPL-3.0-only"],
        "secret": [False, ""],
        "": [False, ""],
    },
    "denied_licences": ["GPL"],
}


def test_only_what_may_be_learnt_from_makes_rows():
    named = ["open", "copyleft", "secret", "new", ""]
    candidates = [candidate(n, repository=name) for n, name in enumerate(named)]
    made = plan(candidates, DEFAULT | {"consent": TERMS}, EMPTY)
    assert [row.leader.repository for row in made.rows] == ["open"]
    steps = {each["step"]: each for each in made.funnel.steps()}
    assert steps["allowed"] == {
        "step": "allowed",
        "kept": 1,
        "dropped": {"licence_denied": 1, "consent_refused": 1, "consent_unknown": 2},
    }


def test_where_nobody_decided_about_the_others_they_may_be_learnt_from():
    told = TERMS | {"repositories": {"secret": [False, ""]}}
    candidates = [candidate(0, repository="new"), candidate(1, repository="secret")]
    made = plan(candidates, DEFAULT | {"consent": told}, EMPTY)
    assert [row.leader.repository for row in made.rows] == ["new"]


def test_without_terms_there_is_no_step_and_nothing_is_left_out():
    made = plan([candidate(0)], DEFAULT, EMPTY)
    assert "allowed" not in [each["step"] for each in made.funnel.steps()]
    assert len(made.rows) == 1


def test_an_example_that_was_test_takes_its_row_and_all_its_kin_to_test():
    rows = [candidate(1, repository="a"), candidate(2, repository="b", prompt=UUID(int=9))]
    tied = [replace(each, session="s") for each in rows]
    assert {row.split for row in plan(tied, DEFAULT, EMPTY, held={2: "test"}).rows} == {"test"}
    both = {1: "validation", 2: "test"}
    assert {row.split for row in plan(tied, DEFAULT, EMPTY, held=both).rows} == {"test"}
