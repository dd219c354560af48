"""Which benchmarks rows are held against: those that come with Emend, and a team's own."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from curation.fingerprints import PUBLIC, Fingerprints, made_of, save
from curation.recipe import Recipe

# What benchmarks call the texts of a task
FIELDS = ("prompt", "text", "question", "reference_solution", "canonical_solution", "solution")
FIELDS_BESIDE = ("code", "chosen", "test")
NAME = re.compile(r"[\w][\w.-]{0,99}")


class NoTasks(ValueError):
    """The file has no tasks we can read, or its name is none; the message says which."""


def known_benchmarks(recipe: Recipe, folder: Path, more: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The files of fingerprints a recipe asks for: Emend's, a team's in `folder`, and `more`."""
    public = (PUBLIC,) if recipe.decontamination.benchmarks else ()
    return (*public, *sorted(folder.glob("*.npz")), *more)


def add(source: Path, name: str, folder: Path) -> Fingerprints:
    """Keep the fingerprints of the tasks in a file, one JSON object a line, under a name.

    Raises NoTasks, OSError.
    """
    found = fingerprints_of(source.read_bytes(), name, str(source))
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.part"
    save([found], part)
    part.replace(folder / f"{name}.npz")
    return found


def fingerprints_of(data: bytes, name: str, source: str) -> Fingerprints:
    """The fingerprints of the tasks in what a file holds; `source` is its name. Raises NoTasks."""
    if not NAME.fullmatch(name):
        raise NoTasks(f"{name!r} is no name: letters, digits, dots, dashes.")
    tasks = list(_tasks(data, source))
    if not any(tasks):
        raise NoTasks(f"{source} has no task with one of {', '.join(FIELDS + FIELDS_BESIDE)}.")
    return made_of(name, tasks)


def _tasks(data: bytes, source: str) -> Iterator[list[str]]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            try:
                task = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise NoTasks(f"Line {number} of {source} is no JSON.") from error
            yield list(_texts(task, FIELDS))
            yield list(_texts(task, FIELDS_BESIDE))


def _texts(task: Any, fields: Sequence[str]) -> Iterator[str]:
    found = task if isinstance(task, dict) else {}
    for field in fields:
        if isinstance(found.get(field), str):
            yield found[field]
    tests = found.get("tests")
    if fields is FIELDS_BESIDE and isinstance(tests, dict) and isinstance(tests.get("code"), str):
        yield tests["code"]
