"""The first stage: from lines of a file to rows with every field of the right type.

Nothing in a line may stop the run. A line that cannot be read is known by the hash of its bytes.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

import orjson
import pandas as pd

from curation.recipe import Canonical, Reading
from curation.stages.batch import Dropped, frame
from curation.stages.canonical import canonical

STAGE = "reading"
LONGEST_NAME = 500  # characters of an id, a repository, a user


class Unreadable(Exception):
    """Why a line makes no row, and the id it says it has, if that could be read."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.reason, self.name = reason, name


@dataclass(frozen=True)
class Read:
    """The rows of some lines, and the lines that made none."""

    rows: pd.DataFrame
    dropped: list[Dropped]


def lines(source: IO[bytes], most: int, end: int | None = None) -> Iterator[bytes]:
    """The lines that are not blank; of one that is longer than `most`, a mark in its place.

    The mark is no JSON and holds the line's hash, so that a line of any length costs no memory.
    With `end`, only lines that begin before it.
    """
    while (end is None or source.tell() < end) and (line := source.readline(most + 1)):
        if len(line) > most and not line.endswith(b"\n"):
            digest = hashlib.sha256(line)
            while line := source.readline(1 << 20):
                digest.update(line.removesuffix(b"\n"))
                if line.endswith(b"\n"):
                    break
            yield TOO_LARGE + digest.hexdigest().encode()
        elif line.strip():
            yield line


def pieces(source: IO[bytes], size: int) -> Iterator[tuple[int, int]]:
    """Where the file may be cut: begin and end of pieces of whole lines, of about `size` bytes."""
    last, start = source.seek(0, os.SEEK_END), 0
    while start < last:
        source.seek(min(start + size, last) - 1)  # a line that ends there ends the piece
        while (part := source.readline(1 << 20)) and not part.endswith(b"\n"):
            pass
        yield start, source.tell()
        start = source.tell()


TOO_LARGE = b"\0too large "


def read(found: Sequence[bytes], reading: Reading, canonical_by: Canonical) -> Read:
    """Rows of these lines, canonical; what cannot be one is dropped."""
    rows, dropped = [], []
    for line in found:
        try:
            rows.append(row_of(line, canonical_by))
        except Unreadable as problem:
            name = problem.name or f"line:{_line_hash(line)}"
            dropped.append(Dropped(name, problem.reason, STAGE))
    return Read(frame(rows), dropped)


def name_of(line: bytes) -> str:
    """What a line is known by in the list of what fell out: its id, or its hash."""
    try:
        name = orjson.loads(line)["id"]
    except (ValueError, KeyError, TypeError):
        name = None
    return name if isinstance(name, str) and name else f"line:{_line_hash(line)}"


def row_of(line: bytes, canonical_by: Canonical) -> dict[str, Any]:
    """The row a line says. Raises Unreadable."""
    if line.startswith(TOO_LARGE):
        raise Unreadable("too_large")
    value = _parsed(line)
    if not isinstance(value, dict):
        raise Unreadable("not_an_object")
    name = value.get("id")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise Unreadable("no_id" if name in (None, "") else "wrong_type_id")
    try:
        row = _typed(value, canonical_by)
    except Unreadable as problem:
        raise Unreadable(problem.reason, _plain(name)) from None
    if any(_is_broken(each) for each in (name, *_texts(row))):
        raise Unreadable("nul_byte", _plain(name))
    return {**row, "id": name}


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        pass
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError:
        raise Unreadable("not_utf8") from None
    except (ValueError, RecursionError):
        raise Unreadable("bad_json") from None
    name = value.get("id") if isinstance(value, dict) else None
    shown = _plain(name) if isinstance(name, str) else ""
    try:
        orjson.dumps(value)
    except (TypeError, ValueError, RecursionError):
        raise Unreadable("lone_surrogate", shown) from None
    raise Unreadable("bad_json", shown)  # NaN and the like: no JSON, though Python reads it


def _typed(value: dict[str, Any], canonical_by: Canonical) -> dict[str, Any]:
    """The row's fields by their types; texts made canonical. Raises Unreadable."""
    about = _object(value, "provenance")
    verified = _object(value, "verified")
    texts = {
        side: canonical(_text(value, side), canonical_by)
        for side in ("prompt", "rejected", "chosen", "comment")
    }
    return texts | {
        "language": _text(value, "language").strip().casefold(),
        "file_path": _text(value, "file_path"),
        "repositories": _repositories(value, about),
        "session": _text(value, "session"),
        "user": _text(value, "user"),
        "at": _text(value, "event_time") or _text(value, "occurred_at"),
        "licence": _text(value, "license") or _text(about, "license"),
        "consent": _yes_or_no(value, "consent"),
        "rejected_fails": _yes_or_no(verified, "rejected_fails"),
        "chosen_passes": _yes_or_no(verified, "chosen_passes"),
        "severity": _text(value, "severity"),
        "decision": _text(value, "decision"),
    }


def _repositories(value: dict[str, Any], about: dict[str, Any]) -> tuple[str, ...]:
    named = {_text(value, "repository"), _text(about, "source_repo"), _text(about, "upstream_repo")}
    return tuple(sorted(name[:LONGEST_NAME] for name in named if name))


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Unreadable(f"wrong_type_{key}")
    return found


def _object(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unreadable(f"wrong_type_{key}")
    return found


def _yes_or_no(value: dict[str, Any], key: str) -> bool | None:
    found = value.get(key)
    if found is not None and not isinstance(found, bool):
        raise Unreadable(f"wrong_type_{key}")
    return found


def _texts(row: dict[str, Any]) -> Iterator[str]:
    for each in row.values():
        if isinstance(each, str):
            yield each
        elif isinstance(each, tuple):
            yield from each


def _is_broken(text: str) -> bool:
    return "\0" in text


def _plain(name: str) -> str:
    """An id that can be written down, whatever is in it."""
    return name[:LONGEST_NAME].encode(errors="backslashreplace").decode().replace("\0", "\\0")


def _line_hash(line: bytes) -> str:
    if line.startswith(TOO_LARGE):
        return line.removeprefix(TOO_LARGE).decode()[:16]
    return hashlib.sha256(line.removesuffix(b"\n")).hexdigest()[:16]
