"""Whether code parses, where it stops to, and whether the formatter would leave it as it is."""

import ast
import json
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from curation.rules.shape import unindented
from curation.rules.tools import ToolFailed

SECONDS = 5
PYTHON = ("python", "py")


@dataclass(frozen=True)
class ParseError:
    """Where a parser gave up: lines from 1, columns from 0."""

    line: int
    column: int
    message: str


def parse_error(code: str, language: str) -> ParseError | None:
    """The first error, or None where the code parses. Raises NoParser."""
    name = language.casefold()
    if name in PYTHON:
        return _python(code)
    if name == "json":
        return _json(code)
    raise NoParser(language)


class NoParser(Exception):
    """No parser here reads this language."""


def is_formatted(code: str, folder: Path) -> bool:
    """Would ruff's formatter leave this Python code as it is? Raises tools.ToolFailed.

    Code cut out of an indented block is judged as it would be at the margin.
    """
    bare, _ = unindented(code)
    text = bare if bare.endswith("\n") else bare + "\n"
    command = [sys.executable, "-I", "-m", "ruff", "format", "--isolated", "--no-cache", "--diff"]
    try:
        ran = subprocess.run(  # noqa: S603  our own command line; the code is its input
            [*command, "--target-version", "py312", "-"],
            cwd=folder,
            input=text.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"HOME": str(folder), "LC_ALL": "C.UTF-8"},
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ToolFailed(f"ruff format did not answer: {error}") from error
    if ran.returncode not in (0, 1):
        raise ToolFailed("ruff format could not read the code")
    return ran.returncode == 0


def _python(code: str) -> ParseError | None:
    if not _refusal(code):
        return None
    bare, width = unindented(code)
    refused = _refusal(bare)
    if refused is None:
        return None
    return ParseError(refused.line, refused.column + width, refused.message)


def _refusal(code: str) -> ParseError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about other people's escape sequences
            ast.parse(code)
    except SyntaxError as error:
        return ParseError(error.lineno or 1, max((error.offset or 1) - 1, 0), error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return ParseError(1, 0, str(error) or "The code is nested too deeply to be read.")
    return None


def _json(code: str) -> ParseError | None:
    try:
        json.loads(code)
    except json.JSONDecodeError as error:
        return ParseError(error.lineno, error.colno - 1, error.msg)
    except RecursionError:
        return ParseError(1, 0, "Nested too deeply to be read.")
    except ValueError as error:  # a number longer than Python reads
        return ParseError(1, 0, str(error))
    return None
