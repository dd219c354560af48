"""A file line by line, from any line on, with the number of bytes before each."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

PIECE = 1024 * 1024  # bytes read at once
MARK = b"\xef\xbb\xbf"  # what some editors write before UTF-8


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number from 1, its content without the line's end, and what lies up to its end:
    how many bytes, and their SHA-256."""

    number: int
    end: int
    digest: str
    content: bytes
    is_whole: bool  # ends with a line feed; the last one may still be written
    is_too_long: bool = False  # its content was not read


class Reader:
    """Reads a file's lines and keeps the digest of all that was read."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        self._file, self._longest = file, longest
        self._digest = hashlib.sha256()
        self._at = 0
        self._is_within = False  # the last line that was read had no end yet

    def digest(self) -> str:
        """SHA-256 of all that was read."""
        return self._digest.hexdigest()

    def skip(self, offset: int) -> None:
        """Pass over the first bytes; the digest takes them in."""
        self._file.seek(0)
        left = offset
        while left and (piece := self._file.read(min(left, PIECE))):
            self._digest.update(piece)
            self._is_within = not piece.endswith(b"\n")
            left -= len(piece)
        self._at = offset - left

    def lines(self, number: int) -> Iterator[Line]:
        """What follows; `number` lines were passed over."""
        while data := self._file.readline(self._longest + 1):
            if self._is_within and data in (b"\n", b"\r\n"):  # the end came after it was read
                number -= 1
            self._is_within = False
            number += 1
            begins, is_too_long = self._at == 0, len(data) > self._longest
            self._take(data)
            while is_too_long and not data.endswith(b"\n"):
                data = self._file.readline(PIECE)
                self._take(data)
                if not data:
                    break
            content = b"" if is_too_long else data.removeprefix(MARK if begins else b"")
            is_whole = data.endswith(b"\n")
            yield Line(
                number, self._at, self.digest(), content.rstrip(b"\r\n"), is_whole, is_too_long
            )

    def _take(self, data: bytes) -> None:
        self._digest.update(data)
        self._at += len(data)


def head_of(file: BinaryIO, longest: int) -> str:
    """SHA-256 of the first line: the same for a file that has grown since."""
    file.seek(0)
    return hashlib.sha256(file.readline(longest).rstrip(b"\r\n")).hexdigest()
