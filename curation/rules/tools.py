"""ruff and bandit over many texts at once: one process each, bounded, on code nobody trusts.

The code is parsed by the tools and never run or imported. They see a folder of our own making
with file names of our own, so no configuration of the author's reaches them, and comments
that would silence them (noqa, nosec) are ignored.
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from curation.findings import Remark
from curation.rules.families import FAMILIES, IGNORED
from curation.rules.shape import LIMIT, unindented

SECONDS = 20  # a tool; under a worker's lease on the batch (curation.labeling)
KEPT = 300  # remarks of one text, before the sides are compared

# Names that snippets use without importing them, and the import the rules need to know them by
# (reference: ruff's S rules are silent on a bare `pickle.loads`).
IMPORTS = {
    **{name: f"import {name}" for name in sys.stdlib_module_names if not name.startswith("_")},
    **{
        name: f"import {name}"
        for name in (
            "yaml",
            "requests",
            "httpx",
            "jinja2",
            "paramiko",
            "flask",
            "mako",
            "markupsafe",
        )
    },
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "ET": "import xml.etree.ElementTree as ET",
    "Flask": "from flask import Flask",
    "request": "from flask import request",
    "datetime": "import datetime",
    "Path": "from pathlib import Path",
}
UNDEFINED = re.compile(r"Undefined name `([^`]+)`")


class ToolFailed(Exception):
    """An analyser could not be run or did not answer in time."""


def remarks(texts: Mapping[str, str], seconds: float = SECONDS) -> dict[str, list[Remark]]:
    """What the tools say about each Python text, by its key; `seconds` is each tool's time.

    Keys name files: letters and digits. Raises ToolFailed.
    """
    codes, widths = {}, {}
    for key, text in texts.items():
        if len(text) <= LIMIT:
            codes[key], widths[key] = unindented(text)
    if not codes:
        return {}
    with tempfile.TemporaryDirectory(prefix="emend-analysers-") as folder:
        missing = _ruff(Path(folder), codes, ["--select", "F821"], seconds)
        headers = {key: header_for(missing.get(key, ())) for key in codes}
        headed = {key: headers[key] + code for key, code in codes.items()}
        select = ["--select", ",".join(FAMILIES), "--ignore", ",".join([*IGNORED, "F821"])]
        said = _ruff(Path(folder), headed, select, seconds)
        for key, more in _bandit(Path(folder), seconds).items():
            said[key] += _not_said_by_ruff(more, said[key])
        return {
            key: _mapped_back(said[key], headers[key], widths[key])
            + _importable(missing.get(key, []), widths[key])
            for key in codes
        }


def header_for(undefined: Iterable[Remark]) -> str:
    """One line that imports what a bare function takes for granted, or nothing."""
    known = sorted({IMPORTS[name] for name in undefined_in(undefined) if name in IMPORTS})
    return "; ".join(known) + "\n" if known else ""


def undefined_in(remarks: Iterable[Remark]) -> set[str]:
    """The names they call undefined."""
    return {match[1] for remark in remarks if (match := UNDEFINED.match(remark.message))}


def _importable(undefined: list[Remark], width: int) -> list[Remark]:
    """Forgotten imports. Other unknown names are known in the file the snippet was cut from."""
    return [
        replace(remark, column=remark.column + width)
        for remark in undefined
        if header_for([remark])
    ]


def _mapped_back(found: list[Remark], header: str, width: int) -> list[Remark]:
    """As places in the text we were given: without our header, with its indentation."""
    shift = 1 if header else 0
    own = (remark for remark in found if remark.line > shift)
    return [
        replace(remark, line=remark.line - shift, column=remark.column + width) for remark in own
    ][:KEPT]


def _not_said_by_ruff(bandit: list[Remark], ruff: list[Remark]) -> list[Remark]:
    """Ruff's S301 is bandit's B301: one of them is enough."""
    said = {(remark.line, remark.rule.removeprefix("S")) for remark in ruff}
    return [remark for remark in bandit if (remark.line, remark.rule.removeprefix("B")) not in said]


def _ruff(
    folder: Path, codes: Mapping[str, str], rules: list[str], seconds: float
) -> dict[str, list[Remark]]:
    for key, code in codes.items():
        (folder / f"{key}.py").write_text(code, encoding="utf-8", newline="")
    found: defaultdict[str, list[Remark]] = defaultdict(list)
    for each in _run(
        folder,
        [
            *("ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero"),
            *("--output-format", "json", "--target-version", "py312", "--preview", *rules, "."),
        ],
        seconds,
    ):
        if each["code"] and each["code"] != "invalid-syntax":
            place = each["location"]
            found[Path(each["filename"]).stem].append(
                Remark("ruff", each["code"], each["message"], place["row"], place["column"] - 1)
            )
    return found


def _bandit(folder: Path, seconds: float) -> dict[str, list[Remark]]:
    command = ["bandit", "-r", ".", "-f", "json", "-q", "--ignore-nosec", "--exit-zero"]
    found: defaultdict[str, list[Remark]] = defaultdict(list)
    for each in _run(folder, [*command, "--skip", "B101"], seconds)["results"]:
        found[Path(each["filename"]).stem].append(
            Remark(
                *("bandit", each["test_id"], each["issue_text"]),
                *(each["line_number"], max(each["col_offset"], 0)),
            )
        )
    return found


def _run(folder: Path, command: list[str], seconds: float) -> Any:
    try:
        ran = subprocess.run(  # noqa: S603  our own command line; the code is a file it reads
            [sys.executable, "-I", "-m", *command],
            cwd=folder,
            capture_output=True,
            timeout=seconds,
            check=True,
            env={"HOME": str(folder), "LC_ALL": "C.UTF-8"},
        )
        return orjson.loads(ran.stdout)
    except (subprocess.SubprocessError, OSError, orjson.JSONDecodeError) as error:
        raise ToolFailed(f"{command[0]} did not answer: {error}") from error
