"""What git and DVC ask of a repository over HTTP (gitprotocol-http, version 0), to read only.

DVC's git sends a password only to a server that speaks this, and not where plain files lie.
A project's repository is small, so a reader may tell what it has and gets all it wants none the
less: that is right by the protocol, and needs no negotiation.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from curation.dvc.pack_lines import FLUSH, Unreadable, line, lines_of
from curation.dvc.repository import MAIN, Repository

SERVICE = "git-upload-pack"
CAN = f"shallow allow-reachable-sha1-in-want no-progress symref=HEAD:{MAIN} agent=emend"
KINDS = {b"commit": 1, b"tree": 2, b"blob": 3}
SHA1 = re.compile(r"[0-9a-f]{40}")
ALL = 2**31 - 1  # commits deep


@dataclass
class Asked:
    """What one request wants."""

    wants: list[str] = field(default_factory=list)
    shallow: list[str] = field(default_factory=list)  # commits whose parents the reader lacks
    depth: int = 0  # of commits; 0: all of them
    has_some: bool = False
    is_done: bool = False


def advertised(repository: Repository) -> Iterator[bytes]:
    """Every branch and tag; the first line says what we can."""
    refs = repository.refs()
    named = {"HEAD": refs[MAIN], **refs} if MAIN in refs else refs
    yield line(f"# service={SERVICE}") + FLUSH
    told = [f"{commit} {name}" for name, commit in named.items()] or [
        f"{'0' * 40} capabilities^{{}}"
    ]
    yield line(f"{told[0]}\0{CAN}")
    yield from (line(each) for each in told[1:])
    yield FLUSH


def asked(body: bytes) -> Asked:
    """What the request says. Raises Unreadable."""
    found = Asked()
    for told in lines_of(body):
        match told.split(" "):
            case ["want", sha1, *_] if SHA1.fullmatch(sha1):
                found.wants.append(sha1)
            case ["shallow", sha1] if SHA1.fullmatch(sha1):
                found.shallow.append(sha1)
            case ["deepen", depth] if depth.isascii() and depth.isdigit() and len(depth) < 12:
                found.depth = int(depth)
            case ["done"]:
                found.is_done = True
            case ["have", _]:
                found.has_some = True
            case _:
                raise Unreadable("It asks for what was not offered.")
    return found


def answer(repository: Repository, asked: Asked) -> Iterator[bytes]:
    """Where history is cut off, and once the reader is done asking, what it wants as one pack.

    Raises Unreadable for a commit that no branch and no tag leads to.
    """
    known, _ = _history(repository, list(repository.refs().values()), ALL)
    if not set(asked.wants) <= set(known):
        raise Unreadable("It wants what is not there.")
    commits, cut = _history(repository, asked.wants, asked.depth or ALL)
    return _answer(repository, asked, commits, cut)


def _answer(
    repository: Repository, asked: Asked, commits: list[str], cut: list[str]
) -> Iterator[bytes]:
    if asked.depth:
        yield from (line(f"shallow {sha1}") for sha1 in cut if sha1 not in asked.shallow)
        whole = set(commits) - set(cut)
        yield from (line(f"unshallow {sha1}") for sha1 in asked.shallow if sha1 in whole)
        yield FLUSH
    if asked.is_done or asked.has_some:
        yield line("NAK")
    if asked.is_done:
        yield from _pack(repository, commits)


def _history(repository: Repository, start: list[str], depth: int) -> tuple[list[str], list[str]]:
    """The commits that lead here, at most so deep; and which of them are cut from their past."""
    found: dict[str, None] = {}
    level = start
    while level and depth:
        found |= dict.fromkeys(level)
        before = [parent for sha1 in level for parent in repository.parents(sha1)]
        level = [sha1 for sha1 in dict.fromkeys(before) if sha1 not in found]
        depth -= 1
    cut = [sha1 for sha1 in found if not set(repository.parents(sha1)) <= set(found)]
    return list(found), cut


def _pack(repository: Repository, commits: list[str]) -> Iterator[bytes]:
    names = dict.fromkeys(commits)
    for commit in commits:
        names |= dict.fromkeys(repository.below(commit))
    digest = hashlib.sha1(usedforsecurity=False)
    head = b"PACK" + struct.pack(">II", 2, len(names))
    digest.update(head)
    yield head
    for name in names:
        kind, body = repository.object(name)
        piece = _packed_head(KINDS[kind], len(body)) + zlib.compress(body)
        digest.update(piece)
        yield piece
    yield digest.digest()


def _packed_head(kind: int, size: int) -> bytes:
    """Kind and size of an object: four bits of the size in the first byte, seven in each other."""
    byte, size = kind << 4 | size & 15, size >> 4
    head = bytearray()
    while size:
        head.append(byte | 128)
        byte, size = size & 127, size >> 7
    return bytes([*head, byte])
