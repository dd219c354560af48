"""Where code is: a path from an editor's address of it, and the language from its name."""

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

# As our own records and analysers name them
LANGUAGES = {
    "bash": "bash sh",
    "c": "c h",
    "cpp": "cc cpp cxx hh hpp hxx",
    "csharp": "cs",
    "css": "css",
    "go": "go",
    "html": "htm html",
    "java": "java",
    "javascript": "cjs js jsx mjs",
    "kotlin": "kt kts",
    "php": "php",
    "python": "py pyi",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "sql": "sql",
    "swift": "swift",
    "typescript": "cts mts ts tsx",
}
BY_SUFFIX = {
    f".{suffix}": language for language, those in LANGUAGES.items() for suffix in those.split()
}


def path_of(address: Any, folder: Any = None) -> str | None:
    """The path in `file:///home/x/a.py`, below `folder` where it lies there; None for no text."""
    if not isinstance(address, str) or not address:
        return None
    path, root = _plain(address), _plain(folder) if isinstance(folder, str) else ""
    below = root.rstrip("/") + "/"
    return path.removeprefix(below) if root and path != below else path


def language_of(path: Any) -> str | None:
    """The language a file's name tells, or None."""
    if not isinstance(path, str):
        return None
    return BY_SUFFIX.get(PurePosixPath(path.replace("\\", "/")).suffix.lower())


def _plain(address: str) -> str:
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    path = unquote(parts.path)
    is_drive = path[:1] == "/" and path[2:3] == ":"  # /c:/Users/x/a.py
    return path[1:] if is_drive else path
