"""The real sandbox, for tests that need it: they skip aloud where it cannot be, and fail in CI."""

import os

import pytest

from reviews.sandbox import box, proof
from reviews.sandbox.limits import USUAL
from reviews.sandbox.outcomes import outcomes
from tests.house import ROOT


def tools_or_skip():
    """What the sandbox is made of here, after it was proved to hold."""
    proved = proof.prove("", [str(ROOT)])
    if proved.holds:
        return box.tools()
    why = f"NO TEST OF ISOLATION RAN: {'; '.join(proved.problems)}"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def plan(code, tests, **changes):
    """A Python suite of one file and one text of tests."""
    return {
        "kind": "python",
        "files": [["money.py", code]],
        "tests": [["test_money.py", tests]],
        "code_path": "money.py",
        "entry_point": "",
        "command": [],
        "seconds": 5,
    } | changes


def try_it(tools, code, tests="", limits=USUAL, **changes):
    """The outcomes by name, and how the run ended."""
    finished = box.run(tools, plan(code, tests, **changes), limits)
    return {each.name: each for each in outcomes(finished)}, finished
