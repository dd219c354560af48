"""The Python client is a distribution of its own, and needs nothing."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from emend_client import __version__
from tests.house import ROOT

CLIENT = ROOT / "clients" / "python"
SOURCES = sorted((CLIENT / "src").rglob("*.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, offline, by the build backend that pyproject.toml names."""
    copy = tmp_path_factory.mktemp("client") / "python"
    shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    build = "from setuptools.build_meta import build_wheel; print(build_wheel('.'))"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, check=True
    )
    return copy / done.stdout.splitlines()[-1]


def test_the_wheel_holds_the_package_its_types_and_its_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        told = f"emend_client-{__version__}.dist-info"
        metadata = archive.read(f"{told}/METADATA").decode()
        licence = archive.read(f"{told}/licenses/LICENSE")
    assert wheel.name == f"emend_client-{__version__}-py3-none-any.whl"
    assert {f"emend_client/{path.name}" for path in SOURCES} | {"emend_client/py.typed"} <= names
    assert licence == (ROOT / "LICENSE").read_bytes()
    for line in ("Requires-Python: >=3.9", "License-Expression: Apache-2.0"):
        assert line in metadata.splitlines()
    assert "Requires-Dist" not in metadata


def test_it_works_from_the_wheel_with_nothing_else_installed(wheel):
    code = f"import sys; sys.path.insert(0, {str(wheel)!r}); import emend_client as e; e.Emend()"
    alone = [sys.executable, "-I", "-S", "-W", "error", "-c", code]
    subprocess.run(alone, check=True, env={"HOME": os.devnull}, timeout=20)


def test_every_source_is_within_the_oldest_python_it_names():
    for path in SOURCES:
        ast.parse(path.read_text(), feature_version=(3, 9))
        assert "from __future__ import annotations" in path.read_text() or path.stem in (
            "__init__",
            "version",
        )
