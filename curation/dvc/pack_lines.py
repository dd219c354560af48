"""Git's lines (gitprotocol-common): four hexadecimal digits say how long each is."""

from collections.abc import Iterator

FLUSH = b"0000"


class Unreadable(Exception):
    """The bytes are not what git would send; the message says why."""


def line(text: str) -> bytes:
    """One line, which ends in a line feed."""
    body = f"{text}\n".encode()
    return b"%04x" % (len(body) + 4) + body


def lines_of(body: bytes) -> Iterator[str]:
    """The lines of a request, without those that only part them. Raises Unreadable."""
    while body:
        try:
            length = int(body[:4], 16)
            told = body[4:length].decode().rstrip("\n")
        except ValueError:
            raise Unreadable("It is not made of git's lines.") from None
        if length > len(body) or 0 < length < 4:
            raise Unreadable("A line ends where none can.")
        if length:
            yield told
        body = body[max(length, 4) :]
