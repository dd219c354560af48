"""Lines and arrays that wait on disk while only what is known of them is in memory."""

import os
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

type Places = npt.NDArray[np.int64]


class Spool:
    """Pieces of bytes, written one after the other and read in any order."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="emend-")  # noqa: SIM115  closed by `close`
        self._lengths: list[Places] = []
        self._starts: Places | None = None

    def add(self, pieces: Sequence[bytes]) -> None:
        """Put these behind the others."""
        self._file.write(b"".join(pieces))
        self._lengths.append(np.array([len(each) for each in pieces], dtype=np.int64))
        self._starts = None

    def read(self, place: int) -> bytes:
        """The piece at this place."""
        if self._starts is None:
            self._file.flush()
            lengths = np.concatenate([*self._lengths, np.zeros(0, np.int64)])
            self._lengths = [lengths]
            self._starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        start, end = self._starts[place], self._starts[place + 1]
        return os.pread(self._file.fileno(), int(end - start), int(start))

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()


class Sorted:
    """Lines that come out in the order of their names, and of what they say where names agree."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._keys: list[pa.Table] = []

    def add(self, named: Iterable[tuple[str, bytes]]) -> None:
        """Put these lines with the others."""
        found = list(named)
        self._spool.add([line for _, line in found])
        keys: dict[str, list[Any]] = {
            "name": [name for name, _ in found],
            "line": [blake2b(line, digest_size=8).hexdigest() for _, line in found],
        }
        self._keys.append(pa.table(keys, schema=_KEYS))

    def write(self, path: str | os.PathLike[str]) -> int:
        """All lines to a file; how many."""
        keys = pa.concat_tables([_KEYS.empty_table(), *self._keys])
        order = pc.sort_indices(keys, sort_keys=[("name", "ascending"), ("line", "ascending")])
        with open(path, "wb") as target:
            for place in np.asarray(order):
                target.write(self._spool.read(int(place)) + b"\n")
        return len(order)

    def close(self) -> None:
        """Give the disk back."""
        self._spool.close()


_KEYS = pa.schema([("name", pa.string()), ("line", pa.string())])
