"""Git's lines (gitprotocol-common): four hexadecimal digits say how long each is."""

import re
from collections.abc import Iterator

FLUSH = b"0000"
LENGTH = re.compile(rb"[0-9a-fA-F]{4}")


class Unreadable(Exception):
    """The bytes are not what git would send; the message says why."""


def line(text: str) -> bytes:
    """One line, which ends in a line feed."""
    body = f"{text}\n".encode()
    return b"%04x" % (len(body) + 4) + body


def lines_of(body: bytes) -> Iterator[str]:
    """The lines of a request, without those that only part them. Raises Unreadable.

    Read where they are: a copy of what is left for every line would be a copy of the whole for
    each of thousands.
    """
    start = 0
    while start < len(body):
        if not LENGTH.match(body, start):
            raise Unreadable("It is not made of git's lines.")
        length = int(body[start : start + 4], 16)
        end = start + length
        if end > len(body) or 0 < length < 4:
            raise Unreadable("A line ends where none can.")
        if length:
            yield _told(body[start + 4 : end])
        start += max(length, 4)


def _told(line: bytes) -> str:
    try:
        return line.decode().rstrip("\n")
    except ValueError:
        raise Unreadable("It is not made of git's lines.") from None
