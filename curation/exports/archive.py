"""Many files as one: a ZIP that is written while it is read, the same bytes every time."""

from collections.abc import Iterable, Iterator
from io import RawIOBase
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from curation.exports.files import File

UNIX = 3  # who made the entries, whatever this runs on
MODE = 0o644 << 16
EPOCH = (1980, 1, 1, 0, 0, 0)  # a ZIP knows no earlier time


def zipped(files: Iterable[File], folder: str) -> Iterator[bytes]:
    """The files below `folder`, as pieces of one archive.

    They are stored as they are: compressed, their bytes would depend on the library that did it.
    """
    written = _Written()
    with ZipFile(written, "w", ZIP_STORED) as archive:
        for file in files:
            entry = ZipInfo(f"{folder}/{file.path}", date_time=EPOCH)
            entry.create_system, entry.external_attr = UNIX, MODE
            with archive.open(entry, "w", force_zip64=True) as target:
                for piece in file.pieces():
                    target.write(piece)
                    yield written.taken()
            yield written.taken()
    yield written.taken()


class _Written(RawIOBase):
    """What was written and not yet taken. It has no places to go back to, as a socket has none."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, piece: object) -> int:
        self._pieces.append(bytes(piece))  # type: ignore[call-overload]  # any buffer
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """All of it, and no more the next time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
