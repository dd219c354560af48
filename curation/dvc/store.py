"""A store of files by their MD5, laid out as DVC 3 lays out a cache and a remote.

MD5 is DVC's name for a file and no promise of ours: the SHA-256 a version was frozen with is
computed from the same bytes on their way in.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curation.dvc.written import keep_as, unfinished, write

OBJECT = r"[0-9a-f]{2}/[0-9a-f]{30}(?:\.dir)?"  # below `files/md5`
FOLDER = ".dir"  # ends the name of a list of files


@dataclass(frozen=True)
class Stored:
    """A file in the store."""

    md5: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Store:
    """The store below one folder."""

    root: Path

    def path_of(self, md5: str) -> Path:
        """Where the file of this MD5 lies; of a list of files with `.dir` behind it."""
        return self.root / "files" / "md5" / md5[:2] / md5[2:]

    def put(self, pieces: Iterable[bytes], expected: str | None = None) -> Stored:
        """Keep the file under its MD5. Raises Altered where its SHA-256 is not the expected one."""
        md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
        with unfinished(self.root / "unfinished") as part:
            for piece in pieces:
                part.write(piece)
                md5.update(piece)
                sha256.update(piece)
                size += len(piece)
            found = Stored(md5.hexdigest(), sha256.hexdigest(), size)
            if expected not in (None, found.sha256):
                raise Altered(found.sha256)
            keep_as(part, self.path_of(found.md5))
        return found

    def copy_of(self, source: Path, md5: str) -> None:
        """Keep a copy of another store's file."""
        with unfinished(self.root / "unfinished") as part, source.open("rb") as reader:
            shutil.copyfileobj(reader, part)
            keep_as(part, self.path_of(md5))

    def put_folder(self, files: Mapping[str, str]) -> str:
        """Keep the list of a folder's files by their MD5s; its own MD5, with `.dir` behind it."""
        listed = folder_bytes(files)
        name = folder_name(files)
        write(self.path_of(name), listed)
        return name

    def drop(self, md5: str) -> None:
        """Keep the file no longer, if it is there."""
        self.path_of(md5).unlink(missing_ok=True)

    def kept_before(self, moment: datetime) -> Iterator[str]:
        """The names of files that were put last before the moment."""
        for path in (self.root / "files" / "md5").glob("*/*"):
            if path.stat().st_mtime < moment.timestamp() and re.fullmatch(OBJECT, name_at(path)):
                yield name_at(path).replace("/", "")

    def holds(self, md5: str, size: int) -> bool:
        """Whether the file is there in full length."""
        path = self.path_of(md5)
        return path.is_file() and path.stat().st_size == size


def folder_name(files: Mapping[str, str]) -> str:
    """The name of the list of a folder's files."""
    return hashlib.md5(folder_bytes(files), usedforsecurity=False).hexdigest() + FOLDER


def name_at(path: Path) -> str:
    """The last two parts of a file's place: its name in the store."""
    return f"{path.parent.name}/{path.name}"


class Altered(Exception):
    """The bytes are not the ones that were frozen; holds their SHA-256."""


def folder_bytes(files: Mapping[str, str]) -> bytes:
    """How DVC writes down what a folder holds: paths in order, each with the MD5."""
    entries = [{"md5": files[path], "relpath": path} for path in sorted(files)]
    return json.dumps(entries, sort_keys=True).encode()
