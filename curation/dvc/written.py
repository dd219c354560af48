"""Files that are there whole or not at all, whenever the writer or the machine stops."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

UNFINISHED = "part-"


@contextmanager
def unfinished(folder: Path) -> Iterator[IO[bytes]]:
    """A new file in the folder, gone afterwards unless somebody renamed it."""
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=UNFINISHED, delete=False) as target:
        try:
            yield target
        finally:
            Path(target.name).unlink(missing_ok=True)


def keep_as(part: IO[bytes], path: Path) -> None:
    """Give the file its name once its bytes are on the disk."""
    part.flush()
    os.fsync(part.fileno())
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(part.name).replace(path)


def write(path: Path, body: bytes) -> None:
    """Replace the file at once."""
    with unfinished(path.parent) as part:
        part.write(body)
        keep_as(part, path)
