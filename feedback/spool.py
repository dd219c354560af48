"""Files of frames on this machine's disk: what is in one survives a kill, whole or not at all.

A frame is a mark, the content's length, a checksum over both and the content. A file belongs to
the process that holds its lock; when that process dies, whoever gets the lock may go on with it.
"""

import fcntl
import logging
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock

MARK = b"emsp"
SUM = 16  # bytes of the checksum
HEAD = len(MARK) + 4 + SUM
SUFFIX = ".spool"
DAMAGED = ".damaged"
FILE_BYTES = 16 * 1024 * 1024  # after which a file is finished and another begun

log = logging.getLogger(__name__)


class SpoolFull(OSError):
    """The files hold as much as they may."""


def framed(content: bytes) -> bytes:
    """The content as a frame."""
    length = len(content).to_bytes(4)
    return MARK + length + _sum(length + content) + content


def frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every whole frame's place and content; what lies between whole frames is passed over."""
    place = data.find(MARK)
    while place >= 0:
        length = data[place + 4 : place + 8]
        end = place + HEAD + int.from_bytes(length)
        content = data[place + HEAD : end]
        if end <= len(data) and data[place + 8 : place + HEAD] == _sum(length + content):
            yield place, content
            place = data.find(MARK, end)
        else:
            place = data.find(MARK, place + 1)


def damage(data: bytes) -> tuple[int, int]:
    """Bytes before the last whole frame that belong to none, and bytes after it.

    The first are a fault of the disk. The second are a write that was cut off, of which nobody
    was told that it was kept.
    """
    end = between = 0
    for place, content in frames(data):
        between += place - end
        end = place + HEAD + len(content)
    return between, len(data) - end


class SpoolFile:
    """A file that this process holds the lock of."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self._descriptor = path, descriptor
        self.size = os.fstat(descriptor).st_size

    @classmethod
    def create(cls, folder: Path) -> "SpoolFile":
        """A new one, whose name outlives a crash of the machine. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            path = folder / f"{time.time_ns():020}-{secrets.token_hex(4)}{SUFFIX}"
            found = cls.take(path, os.O_CREAT | os.O_EXCL)
            if found:
                _sync(folder)
                return found

    @classmethod
    def take(cls, path: Path, flags: int = 0) -> "SpoolFile | None":
        """The file with its lock; None where another process has it or had it. Raises OSError."""
        descriptor = os.open(path, os.O_RDWR | flags, 0o600)
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink:  # another may have drained and removed it meanwhile
                return cls(path, descriptor)
        os.close(descriptor)
        return None

    def append(self, content: bytes) -> None:
        """Write a frame; on return it is on the disk. Raises OSError, and then it is not kept."""
        frame = memoryview(framed(content))
        try:
            written = 0
            while written < len(frame):
                written += os.pwrite(self._descriptor, frame[written:], self.size + written)
            os.fdatasync(self._descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(frame)

    def read(self) -> bytes:
        """All of it."""
        return self.path.read_bytes()

    def remove(self) -> None:
        """Let it go for good."""
        self.path.unlink()
        _sync(self.path.parent)
        self.close()

    def set_aside(self) -> None:
        """Keep it under a name that nobody drains."""
        self.path.rename(self.path.with_suffix(DAMAGED))
        _sync(self.path.parent)
        self.close()

    def close(self) -> None:
        """Let go of the lock."""
        os.close(self._descriptor)


class Spool:
    """A folder of such files: this process appends to one, and drains all that it can lock."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self._most = folder, most
        self._lock = Lock()
        self._open: SpoolFile | None = None  # what is appended to
        self._finished: list[SpoolFile] = []

    def put(self, content: bytes) -> None:
        """Keep content; on return it is on the disk. Raises OSError, and then it is not kept."""
        with self._lock:
            if self._size() + HEAD + len(content) > self._most:
                raise SpoolFull(f"the spool holds {self._most} bytes")
            if self._open is None:
                self._open = SpoolFile.create(self.folder)
            try:
                self._open.append(content)
            except OSError:
                self._finish()  # what a disk does after it refused once, nobody promises
                raise
            if self._open.size >= FILE_BYTES:
                self._finish()

    def next(self) -> SpoolFile | None:
        """The oldest file that waits: of this process, or of one that died. Raises OSError."""
        with self._lock:
            self._finish()
            own = self._finished[0] if self._finished else None
        return own or self._abandoned()

    def done(self, file: SpoolFile, *, keep: bool = False) -> None:
        """Remove a drained file, or `keep` it under a name that nobody drains. Raises OSError."""
        file.set_aside() if keep else file.remove()
        with self._lock:
            if file in self._finished:
                self._finished.remove(file)

    def _finish(self) -> None:
        if self._open:
            self._finished.append(self._open)
        self._open = None

    def _abandoned(self) -> SpoolFile | None:
        own = {file.path for file in self._finished}
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            if path in own:
                continue
            with suppress(FileNotFoundError):
                found = SpoolFile.take(path)
                if found:
                    log.info("took over %s, of a process that died", path.name)
                    with self._lock:
                        self._finished.append(found)
                    return found
        return None

    def _size(self) -> int:
        files = [*self._finished, *([self._open] if self._open else [])]
        return sum(file.size for file in files)


def _sum(data: bytes) -> bytes:
    return blake2b(data, digest_size=SUM).digest()


def _sync(folder: Path) -> None:
    """Make what a folder lists outlive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
