"""Programs of environments that weigh too much for everybody's."""

import os
from pathlib import Path

import pytest


def installed(program: Path) -> Path:
    """The program; where it is absent the test is skipped, and fails under CI, which has it."""
    if not program.exists():
        environment = program.parents[1]
        absent = f"{program.name} is not installed; run: make .cache/{environment.name}/.synced"
        if os.environ.get("CI") == "true":
            pytest.fail(absent)
        pytest.skip(absent)
    return program
