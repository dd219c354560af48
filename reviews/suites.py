"""What to run on an example's code: from the correction itself, or from a recipe of the project."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.utils.translation import gettext

from lib.canonical import digest_of

SANDBOX = 1  # raised when the same inputs would be run differently; old results stay what they are
USUAL_SECONDS = 5
MOST_FILES = 40
LONGEST = 200_000  # characters of a file beside the code
HEADING = re.compile(r"^=== (\S.*?)[ \t]*$", re.M)
PYTHON = {"", "python", "python-check", "pytest", "unittest", "plain"}
NODE = {"node", "javascript"}
PART = re.compile(r"[^/\\\x00-\x1f]{1,100}")


class NoSuite(ValueError):
    """There are tests, but none that can be run here; the words say why."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Where the code goes, what is tested, and how."""

    kind: str
    code_path: str
    tests: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()
    entry_point: str = ""
    command: tuple[str, ...] = ()
    seconds: int = USUAL_SECONDS

    def content(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """Two suites with one digest run the same."""
        return digest_of(self.content())


def plan_of(content: Mapping[str, Any], code: str) -> dict[str, Any]:
    """A stored suite with the code to try, as the sandbox takes it."""
    return {**content, "files": [*content["files"], [content["code_path"], code]]}


def own_suite(extra: Mapping[str, Any], language: str, file_path: str) -> Suite | None:
    """The tests that came with a correction, in its field `tests`. Raises NoSuite.

    `{"framework": …, "code": …, "entry_point": …}`; docs/api.md has the whole of it.
    """
    told = extra.get("tests")
    if told is None:
        return None
    code = told.get("code") if isinstance(told, Mapping) else None
    if not isinstance(told, Mapping) or not isinstance(code, str) or not code.strip():
        raise NoSuite(gettext("the tests that came with the correction have no code"))
    if len(code) > LONGEST:
        raise NoSuite(
            gettext(
                "the tests that came with the correction are over {LONGEST:,} characters"
            ).format(LONGEST=LONGEST)
        )
    framework, entry = (_text(told.get(name)) for name in ("framework", "entry_point"))
    if framework in PYTHON and language in ("", "python"):
        return Suite(
            kind="python",
            code_path=code_path(file_path, ".py"),
            tests=(("tests_of_the_correction.py", code),),
            entry_point=entry,
        )
    if framework in NODE:
        return Suite(
            kind="command",
            code_path=code_path(file_path, ".js"),
            tests=(("tests_of_the_correction.js", code),),
            command=("node", "{test}"),
        )
    raise NoSuite(
        gettext("tests of kind {value} cannot be run here").format(
            value=(framework or language)[:60]
        )
    )


def fits(language: str, pattern: str, example_language: str, file_path: str) -> bool:
    """Whether a recipe for a language and a path is for an example of these."""
    return (not language or language == example_language) and (
        not pattern or fnmatchcase(file_path, pattern)
    )


def files_of(text: str, name: str) -> tuple[tuple[str, str], ...]:
    """Several files written into one text, each after a line `=== path`. Raises NoSuite.

    A text without such a line is one file called `name`.
    """
    if not text.strip():
        return ()
    parts = HEADING.split(text)
    first, rest = parts[0], parts[1:]
    if not rest:
        return ((name, first),)
    if first.strip():
        raise NoSuite(gettext("text stands before the first line that begins with ==="))
    found = tuple(
        (path, body.removeprefix("\n")) for path, body in zip(rest[::2], rest[1::2], strict=True)
    )
    for path, body in found:
        if not is_safe(path):
            raise NoSuite(gettext("{path} is no relative path").format(path=path))
        if len(body) > LONGEST:
            raise NoSuite(
                gettext("{path} is over {LONGEST:,} characters").format(path=path, LONGEST=LONGEST)
            )
    if len({path for path, _ in found}) < len(found) or len(found) > MOST_FILES:
        raise NoSuite(
            gettext("say each path once, and at most {MOST_FILES}").format(MOST_FILES=MOST_FILES)
        )
    return found


def written(files: Sequence[Sequence[str]]) -> str:
    """The files as one text, as `files_of` reads it."""
    return "".join(f"=== {path}\n{text.removesuffix('\n')}\n" for path, text in files)


def words_of(command: str) -> tuple[str, ...]:
    """A command's words; `{test}` stands for the test file. Raises NoSuite."""
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise NoSuite(gettext("the command cannot be read: {error}").format(error=error)) from None
    if not words:
        raise NoSuite(gettext("a command has at least one word"))
    return words


def _text(value: Any) -> str:
    """What a client sent for a text; nothing for anything else, but for a word about it."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"({type(value).__name__})"


def is_safe(path: str) -> bool:
    """Whether a path stays below where it is put."""
    parts = path.split("/")
    return len(parts) <= 10 and all(
        PART.fullmatch(part) and part not in (".", "..") for part in parts
    )


def code_path(file_path: str, ending: str = "") -> str:
    """Where the code goes: its own path, if that is a relative one with the right ending."""
    return file_path if file_path.endswith(ending) and is_safe(file_path) else f"candidate{ending}"
