"""The grammars that read programs here (tree-sitter), and what clients call their languages."""

import time
from functools import cache
from importlib import import_module

from tree_sitter import Language, Parser, Point, Tree

from lib.clock import TooSlow
from lib.parse_guard import guard

CHUNK = 1 << 16  # bytes a parser is given at a time
SHORT = 1_000  # bytes; what takes longest of these is known to take a tenth of a second

# Ours: the package of the grammar and the function in it
GRAMMARS = {
    "bash": ("tree_sitter_bash", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "python": ("tree_sitter_python", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "sql": ("tree_sitter_sql", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
}

# What clients call them, and what their files end with
NAMES = {
    **{"sh": "bash", "shell": "bash", "shellscript": "bash", "zsh": "bash", "h": "c"},
    **{"c++": "cpp", "cc": "cpp", "cxx": "cpp", "hpp": "cpp", "hh": "cpp"},
    **{"c#": "csharp", "cs": "csharp", "c_sharp": "csharp", "golang": "go"},
    **{"js": "javascript", "jsx": "javascript", "mjs": "javascript", "cjs": "javascript"},
    **{"javascriptreact": "javascript", "kt": "kotlin", "kts": "kotlin", "py": "python"},
    **{"python3": "python", "pyi": "python", "rb": "ruby", "rs": "rust"},
    **{"postgresql": "sql", "mysql": "sql", "plpgsql": "sql"},
    **{"ts": "typescript", "mts": "typescript", "cts": "typescript", "typescriptreact": "tsx"},
}


class NoGrammar(Exception):
    """The language has none here; lines are all there is to compare."""


def grammar_of(language: str, file_path: str) -> str:
    """Our name of the grammar. Raises NoGrammar."""
    for said in (language, file_path.rpartition(".")[2] if "." in file_path else ""):
        name = said.strip().lower()
        name = NAMES.get(name, name)
        if name in GRAMMARS:
            return name
    raise NoGrammar


def parsed(source: bytes, name: str, over: float) -> Tree:
    """The tree of a text in the grammar so named; `over` is when to stop. Raises TooSlow.

    A text that is not short is parsed by somebody else first, whom it may hold up for ever.
    """
    if len(source) > SHORT:
        seconds = max(over - time.monotonic(), 0.0)
        guard.check(source, name, seconds)
        over = time.monotonic() + 2 * seconds  # it has been seen to take no longer
    return parsed_here(source, name, over)


def parsed_here(source: bytes, name: str, over: float) -> Tree:
    """The same in this process, which a text can be made to hold up far beyond `over`."""

    def read(offset: int, _: Point) -> bytes:
        return source[offset : offset + CHUNK]

    def is_late(_offset: int, _failed: bool) -> bool:
        return time.monotonic() > over

    try:
        # Only who reads by a callback is asked whether to stop
        return Parser(grammar_named(name)).parse(read, encoding="utf8", progress_callback=is_late)
    except ValueError:
        raise TooSlow from None


@cache
def grammar_named(name: str) -> Language:
    """The grammar itself; loaded once."""
    package, function = GRAMMARS[name]
    return Language(getattr(import_module(package), function)())
