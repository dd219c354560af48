"""Records on disk: each process appends to a folder of its own, and whoever comes later sends
what a dead process left.

A folder holds numbered segments and a lock file; its process keeps the lock for as long as it
lives, so the kernel itself says which folders are abandoned. A segment is a row of frames,
appended only: records, and marks up to where records were delivered.
"""

from __future__ import annotations

import contextlib
import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

try:
    import fcntl
except ImportError:  # Windows has no flock
    fcntl = None  # type: ignore[assignment]  # looked at before every use

HEAD = struct.Struct(">4sII")  # kind, length of the content, CRC-32 of kind, length and content
RECORD, DELIVERED = b"EMr1", b"EMd1"
OFFSET = struct.Struct(">Q")
SEGMENT = 1024 * 1024  # bytes after which a new one begins
LONGEST = 16 * 1024 * 1024  # bytes of a record


class SpoolUnavailable(Exception):
    """No folder of our own can be made or locked here."""


@dataclass(frozen=True)
class Frame:
    """One frame of a segment; `gap` says that something unreadable lies before it."""

    kind: bytes
    content: bytes
    end: int
    gap: bool


@dataclass(frozen=True)
class Batch:
    """Records to send, and the place after them."""

    records: list[bytes] = field(default_factory=list)
    segment: int = 0
    end: int = 0
    damaged: int = 0


def checksum(kind: bytes, content: bytes) -> int:
    """Over all that a frame says; a flipped bit in its length must show too."""
    return zlib.crc32(content, zlib.crc32(kind + OFFSET.pack(len(content))))


def framed(kind: bytes, content: bytes) -> bytes:
    """The frame of a content."""
    return HEAD.pack(kind, len(content), checksum(kind, content)) + content


def frames(data: bytes, start: int = 0) -> Iterator[Frame]:
    """Every frame that is whole; what was torn or damaged is skipped.

    A content cannot be taken for frames: it is JSON in ASCII, and a frame's length has a zero byte.
    """
    at, gap = start, False
    while at < len(data):
        found = _frame_at(data, at)
        if found is not None:
            kind, content = found
            at += HEAD.size + len(content)
            yield Frame(kind, content, at, gap)
            gap = False
            continue
        gap = True
        further = [place for kind in (RECORD, DELIVERED) if (place := data.find(kind, at + 1)) > 0]
        at = min(further, default=len(data))
    if gap:
        yield Frame(b"", b"", len(data), gap)


def _frame_at(data: bytes, at: int) -> tuple[bytes, bytes] | None:
    if len(data) - at < HEAD.size:
        return None
    kind, length, told = HEAD.unpack_from(data, at)
    content = data[at + HEAD.size : at + HEAD.size + length]
    if kind not in (RECORD, DELIVERED) or length > LONGEST or len(content) != length:
        return None
    return (kind, content) if checksum(kind, content) == told else None


def delivered_until(data: bytes) -> int:
    """The place after the last record that is known to be delivered."""
    marks = [frame.content for frame in frames(data) if frame.kind == DELIVERED]
    return int(OFFSET.unpack(marks[-1])[0]) if marks else 0


def used(root: Path) -> int:
    """Bytes that all processes hold in this spool."""
    total = 0
    for segment in root.glob("*/*.spool"):
        with contextlib.suppress(OSError):
            total += segment.stat().st_size
    return total


def begin(root: Path, most_bytes: int) -> Family:
    """A new folder of this process, locked before anybody can see it. Raises SpoolUnavailable."""
    if fcntl is None:
        raise SpoolUnavailable("this system has no flock")
    name = f"{time.time_ns():020d}-{os.getpid()}-{uuid4().hex[:8]}"
    made = root / f".{name}"
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        made.mkdir(mode=0o700)
        lock = os.open(made / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        made.rename(root / name)
        _sync_folder(root)
    except OSError as error:
        raise SpoolUnavailable(str(error)) from error
    return Family(root / name, lock, most_bytes)


def abandoned(root: Path, most_bytes: int) -> Family | None:
    """The oldest folder whose process is gone, now ours; None if there is none."""
    if fcntl is None:
        return None
    with contextlib.suppress(OSError):
        for folder in sorted(path for path in root.iterdir() if path.name[:1] != "."):
            lock = _locked(folder)
            if lock is not None:
                return Family(folder, lock, most_bytes)
    return None


def _locked(folder: Path) -> int | None:
    try:
        lock = os.open(folder / "lock", os.O_RDWR)
    except OSError:  # somebody is removing it, or died while doing so
        with contextlib.suppress(OSError):
            folder.rmdir()
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(lock).st_nlink:  # else it was removed while we waited for it
            return lock
    except OSError:
        pass
    os.close(lock)
    return None


class Family:
    """The segments of one process, in order. Safe for one writer and one reader at a time."""

    def __init__(self, folder: Path, lock: int, most_bytes: int) -> None:
        self._folder, self._lock, self._most_bytes = folder, lock, most_bytes
        self._mutex = threading.Lock()
        self._segments = sorted(int(path.stem) for path in folder.glob("*.spool"))
        self._open: dict[int, int] = {}
        self._at = 0
        self._closed = False
        self.pending = 0
        for place, number in enumerate(self._segments):
            data = self._content(number)
            start = delivered_until(data)
            self._at = start if place == 0 else self._at
            self.pending += sum(frame.kind == RECORD for frame in frames(data, start))

    def append(self, records: Sequence[bytes]) -> tuple[int, str]:
        """Write records and wait for the disk: how many are kept, and why not all: full, failed."""
        with self._mutex:
            if self._closed:
                return 0, "failed"
            room = self._most_bytes - used(self._folder.parent)
            kept, reason = 0, ""
            try:
                while kept < len(records) and not reason:
                    wrote, room = self._write_some(records[kept:], room)
                    kept += wrote
                    self.pending += wrote
                    reason = "" if wrote else "full"
            except OSError:
                reason = "failed"
            return kept, reason

    def batch(self, most: int, most_bytes: int) -> Batch:
        """The oldest records that are not delivered; at least one if there is any."""
        with self._mutex:
            damaged = 0
            while not self._closed and self._segments:
                number = self._segments[0]
                batch = self._read(number, most, most_bytes)
                damaged += batch.damaged
                if batch.records or number == self._segments[-1]:
                    self.pending = self.pending if batch.records else 0
                    return Batch(batch.records, number, batch.end, damaged)
                self._finish_first()
            return Batch()

    def done(self, batch: Batch) -> None:
        """Note that a batch was delivered. Lost by a crash, its records are sent once more."""
        with self._mutex:
            if self._closed or batch.segment not in self._segments:
                return
            self.pending -= len(batch.records)
            self._at = batch.end
            out = self._opened(batch.segment)
            size = os.fstat(out).st_size
            try:
                if self._at < size:
                    _write_all(out, framed(DELIVERED, OFFSET.pack(self._at)))
                elif batch.segment == self._segments[-1]:
                    os.ftruncate(out, 0)
                    self._at = 0
                else:
                    self._finish_first()
            except OSError:  # a full disk; the records may be sent again after a crash
                with contextlib.suppress(OSError):
                    os.ftruncate(out, size)

    def release(self) -> None:
        """Let go of the folder, and remove it if all was delivered."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            with contextlib.suppress(OSError):
                if self.pending == 0:
                    for number in self._segments:
                        self._path(number).unlink()
                    (self._folder / "lock").unlink()
                    self._folder.rmdir()
            self._close_files()

    def forget(self) -> None:
        """In a forked child: the folder is the parent's, and so is its lock."""
        self._closed = True
        self._close_files()

    def _close_files(self) -> None:
        for descriptor in (*self._open.values(), self._lock):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._open.clear()

    def _write_some(self, records: Sequence[bytes], room: int) -> tuple[int, int]:
        """Append what fits into the last segment and the room: how many, and the room left."""
        if not self._segments or os.fstat(self._opened(self._segments[-1])).st_size >= SEGMENT:
            self._begin_segment()
        out = self._opened(self._segments[-1])
        size = os.fstat(out).st_size
        data = bytearray()
        wrote = 0
        for record in records:
            frame = framed(RECORD, record)
            if len(data) + len(frame) > room or (data and size + len(data) >= SEGMENT):
                break
            data += frame
            wrote += 1
        try:
            _write_all(out, data)
            os.fsync(out)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(out, size)
            raise
        return wrote, room - len(data)

    def _read(self, number: int, most: int, most_bytes: int) -> Batch:
        records: list[bytes] = []
        size = damaged = 0
        data, end = self._content(number), self._at
        for frame in frames(data, self._at):
            if frame.kind == RECORD:
                if records and (len(records) >= most or size + len(frame.content) > most_bytes):
                    break
                records.append(frame.content)
                size += len(frame.content) + 1
            damaged += frame.gap
            end = frame.end
        return Batch(records, number, end, damaged)

    def _begin_segment(self) -> None:
        number = self._segments[-1] + 1 if self._segments else 1
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._open[number] = os.open(self._path(number), flags, 0o600)
        self._segments.append(number)
        _sync_folder(self._folder)

    def _finish_first(self) -> None:
        number = self._segments.pop(0)
        os.close(self._opened(number))
        del self._open[number]
        self._at = 0
        with contextlib.suppress(OSError):
            self._path(number).unlink()
        if self._segments:
            self._at = delivered_until(self._content(self._segments[0]))

    def _content(self, number: int) -> bytes:
        descriptor = self._opened(number)
        size, parts, at = os.fstat(descriptor).st_size, [], 0
        while at < size and (part := os.pread(descriptor, size - at, at)):
            parts.append(part)
            at += len(part)
        return b"".join(parts)

    def _opened(self, number: int) -> int:
        if number not in self._open:
            self._open[number] = os.open(self._path(number), os.O_RDWR | os.O_APPEND)
        return self._open[number]

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08d}.spool"


def _write_all(descriptor: int, data: bytes | bytearray) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
