"""A bare git repository, written and read without git: loose objects, branches and tags.

Each object is there before anything names it, so that a reader never comes to an end too early.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curation.dvc.written import UNFINISHED, write

MAIN = "refs/heads/main"
CONFIG = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
AUTHOR = "Emend <emend@localhost>"  # of no installation, so that equal versions are equal commits
FILE, FOLDER = b"100644", b"40000"

type Tree = Mapping[str, "bytes | Tree"]  # names, each with a file's bytes or what is below it


@dataclass(frozen=True)
class Repository:
    """The repository in one folder."""

    root: Path

    def begin(self) -> None:
        """Make it one that git knows, if it is none yet."""
        for folder in ("refs/tags", "objects"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        for name, body in {"config": CONFIG, "HEAD": f"ref: {MAIN}\n".encode()}.items():
            if not (self.root / name).exists():
                write(self.root / name, body)

    def keep_tree(self, tree: Tree) -> str:
        """Keep the files and folders; the SHA-1 of the tree."""
        entries = []
        for name, below in tree.items():
            is_file = isinstance(below, bytes)
            sha1 = self._keep(b"blob", below) if isinstance(below, bytes) else self.keep_tree(below)
            # git sorts folders as if their names ended in a slash
            order = name.encode() + (b"" if is_file else b"/")
            mode = FILE if is_file else FOLDER
            entry = mode + b" " + name.encode() + b"\0" + bytes.fromhex(sha1)
            entries.append((order, entry))
        return self._keep(b"tree", b"".join(entry for _, entry in sorted(entries)))

    def keep_commit(self, tree: str, parent: str, message: str, at: datetime) -> str:
        """Keep a commit of the tree; without a parent the first one. Its SHA-1."""
        by = f"{AUTHOR} {int(at.timestamp())} +0000"
        lines = [f"tree {tree}", *([f"parent {parent}"] if parent else [])]
        lines += [f"author {by}", f"committer {by}", "", message]
        return self._keep(b"commit", "\n".join(lines).encode())

    def point(self, refs: Mapping[str, str]) -> None:
        """Let each name stand for its commit."""
        for name, commit in refs.items():
            write(self.root / name, f"{commit}\n".encode())

    def refs(self) -> dict[str, str]:
        """Every branch and tag with its commit, in order."""
        paths = sorted((self.root / "refs").rglob("*"))
        # a writer that is at it, or died, leaves a file that has no name yet
        named = [path for path in paths if path.is_file() and not path.name.startswith(UNFINISHED)]
        return {str(path.relative_to(self.root)): path.read_text().strip() for path in named}

    def object(self, sha1: str) -> tuple[bytes, bytes]:
        """The object's kind and its body."""
        head, _, body = zlib.decompress(self._path_of(sha1).read_bytes()).partition(b"\0")
        return head.partition(b" ")[0], body

    def parents(self, commit: str) -> list[str]:
        """The commits before this one."""
        head = self.object(commit)[1].partition(b"\n\n")[0].decode()
        lines = [line.partition(" ") for line in head.splitlines()]
        return [told for name, _, told in lines if name == "parent"]

    def below(self, commit: str) -> Iterator[str]:
        """The commit's tree, and every file and tree in it; some more than once."""
        yield from self._in_tree(self.object(commit)[1].split(b"\n", 1)[0].decode().split()[1])

    def _in_tree(self, tree: str) -> Iterator[str]:
        yield tree
        rest = self.object(tree)[1]
        while rest:
            head, _, rest = rest.partition(b"\0")
            sha1, rest = rest[:20].hex(), rest[20:]
            if head.startswith(FOLDER + b" "):
                yield from self._in_tree(sha1)
            else:
                yield sha1

    def _path_of(self, sha1: str) -> Path:
        return self.root / "objects" / sha1[:2] / sha1[2:]

    def _keep(self, kind: bytes, body: bytes) -> str:
        whole = b"%s %d\0%s" % (kind, len(body), body)
        sha1 = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        path = self._path_of(sha1)
        if not path.exists():
            write(path, zlib.compress(whole))
        return sha1
