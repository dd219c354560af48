"""What every export is made of: named files of a frozen version, made again for each download.

An export is a view of a version and no part of it. The version's id covers its own files and its
recipe, so that an export that is added or mended changes no id.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from curation.export import SPLITS, Row, contents
from curation.models import DatasetVersion
from curation.remains import files_of
from lib.canonical import canonical_bytes

REVISION = 1  # of all exports: raise it when one of them writes other bytes


class Per(Enum):
    """What a line is written for."""

    ROW = auto()
    PAIR = auto()  # a row where something was rejected
    SIDE = auto()  # what was accepted, and what was rejected


@dataclass(frozen=True)
class File:
    """One file: where it lies, how many rows it has, and its bytes when they are asked for."""

    path: str
    rows: int  # 0 beside the rows
    pieces: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Format:
    """One export: what it is called in an address, to a person, what for, and its files."""

    name: str
    title: str
    says: str
    files: Callable[[DatasetVersion], list[File]]


@dataclass(frozen=True)
class Shape:
    """One kind of line: its folder, and the lines that a row becomes."""

    folder: str
    per: Per
    lines: Callable[[Row], list[Row]]


def line_files(version: DatasetVersion, *shapes: Shape) -> list[File]:
    """A file of JSON lines for each shape and each split that has rows for it."""
    return [
        File(f"{shape.folder}/{split}.jsonl", rows, partial(_lines, version, shape, split))
        for shape in shapes
        for split in SPLITS
        if (rows := rows_of(version, shape.per, split))
    ]


def rows_of(version: DatasetVersion, per: Per, split: str) -> int:
    """How many lines a split has now."""
    rows: dict[str, int] = {file["path"]: file["rows"] for file in files_of(version)}
    each, pairs = (rows.get(f"{objective}/{split}.jsonl", 0) for objective in ("sft", "dpo"))
    return {Per.ROW: each, Per.PAIR: pairs, Per.SIDE: each + pairs}[per]


def beside(path: str, body: Callable[[DatasetVersion], bytes], version: DatasetVersion) -> File:
    """A file that follows from the manifest."""
    return File(path, 0, lambda: [body(version)])


def _lines(version: DatasetVersion, shape: Shape, split: str) -> Iterator[bytes]:
    for content in contents(version, split):
        for line in shape.lines(content):
            yield canonical_bytes(line) + b"\n"
