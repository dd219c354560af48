"""A bare git repository, written without git: its objects, and the files of the dumb protocol.

A repository is served as it lies there. Each object is there before anything names it, so that
a reader never comes to an end too early.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curation.dvc.written import write

MAIN = "refs/heads/main"
# what the dumb protocol asks for; everything else in the folder stays here
SERVED = re.compile(r"HEAD|info/refs|objects/info/packs|objects/[0-9a-f]{2}/[0-9a-f]{38}")
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
        (self.root / "refs" / "tags").mkdir(parents=True, exist_ok=True)
        for name, body in {
            "config": CONFIG,
            "HEAD": f"ref: {MAIN}\n".encode(),
            "objects/info/packs": b"\n",
        }.items():
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
        """Let each name stand for its commit, and list them all. For one caller at a time."""
        for name, commit in refs.items():
            write(self.root / name, f"{commit}\n".encode())
        known = self._refs()
        listed = "".join(f"{known[name]}\t{name}\n" for name in sorted(known))
        write(self.root / "info" / "refs", listed.encode())

    def _refs(self) -> dict[str, str]:
        paths = [path for path in (self.root / "refs").rglob("*") if path.is_file()]
        names = {path: path.relative_to(self.root).as_posix() for path in paths}
        # a writer that died may have left a file it had not named yet
        return {
            name: path.read_text().strip()
            for path, name in names.items()
            if not path.name.startswith("part-")
        }

    def _keep(self, kind: bytes, body: bytes) -> str:
        whole = b"%s %d\0%s" % (kind, len(body), body)
        sha1 = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        path = self.root / "objects" / sha1[:2] / sha1[2:]
        if not path.exists():
            write(path, zlib.compress(whole))
        return sha1
