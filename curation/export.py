"""The bytes of a dataset version: canonical JSON lines in the shapes TRL trains on.

Every line has every key, so that readers which guess types from a first batch guess right. The
bytes depend on rows alone; they are made again for each download and always hash the same, until
an erasure (`curation.remains`).
Columns are documented in docs/dataset-format.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, QuerySet

from curation.models import DatasetRow, DatasetVersion, Decision, Example
from lib.canonical import canonical_bytes, digest_of

type Row = dict[str, Any]

PAGE = 200  # rows in memory at once
SPLITS = tuple(DatasetRow.Split.values)
OBJECTIVES = ("sft", "dpo")
PATHS = tuple(f"{objective}/{split}.jsonl" for objective in OBJECTIVES for split in SPLITS)


TEXTS = ("prompt", "good", "bad")
# Where a row's are
TEXTS_OF = ("example__prompt", "example__output", "decision__ideal", "decision__category")
# What a row says besides its backing, and where that is; asked for at once and without models
SAID = {
    "prompt": "example__prompt__text",
    "good": "decision__ideal__text",
    "bad": "example__output__text",
    "category": "decision__category__slug",
    "severity": "decision__severity",
    "language": "example__language",
    "repository": "example__repository",
    "file_path": "example__file_path",
    "model_name": "example__model_name",
}

FORMAT = 2  # of what a version holds and of how its lines look
WEIGHTED = 2  # from this format on lines have a weight


class NoSuchFile(Exception):
    """The version has no file of this name."""


class Told(Protocol):
    """An example that stands behind a row."""

    @property
    def client_id(self) -> str:
        """Of its correction."""


@dataclass(frozen=True)
class Backing:
    """The corrections behind a row: those that say the same, and those that nearly do."""

    same: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, same: Iterable[Told], near: Iterable[Told]) -> "Backing":
        """From the examples, by the ids that files know their corrections by."""
        return cls(*([feedback_id(each.client_id) for each in some] for some in (same, near)))


@dataclass(frozen=True)
class File:
    """One file of a version, as the manifest lists it."""

    path: str
    sha256: str
    rows: int
    bytes: int


def content_of(
    version: DatasetVersion, example: Example, decision: Decision, backing: Backing
) -> Row:
    """What one row says, whatever the objective: texts, label, and where it comes from.

    Who sent the corrections behind it and when stays out. A version of an older format keeps the
    columns it was frozen with.
    """
    assert decision.category is not None
    assert decision.ideal is not None
    said = {
        "prompt": example.prompt.text,
        "good": decision.ideal.text,
        "bad": example.output.text,
        "category": decision.category.slug,
        "severity": decision.severity,
        "language": example.language,
        "repository": example.repository,
        "file_path": example.file_path,
        "model_name": example.model_name,
    }
    return said | _told_by(backing, version)


def _told_by(backing: Backing, version: DatasetVersion) -> Row:
    told: Row = {"feedback_ids": sorted(backing.same), "support": len(backing.same)}
    if version.recipe["format"] >= WEIGHTED:
        told["near_feedback_ids"] = sorted(backing.near)
        told["weight"] = len(backing.same) + len(backing.near)
    return told


def row_id(content: Row) -> str:
    """The row's name: the SHA-256 of what it says."""
    return digest_of(content)


def feedback_id(client_id: str) -> str:
    """A correction's id in files: the client's own, marked, so that nobody reads a number."""
    return f"fe_{client_id}"


def about(content: Row) -> Row:
    """What every line says of its row besides the texts: label, origin, and the row's name."""
    told = {key: content[key] for key in content if key not in TEXTS}
    return {**told, "row_id": row_id(content)}


def is_pair(content: Row) -> bool:
    """Whether something was rejected: an empty answer teaches a preference for length."""
    return bool(content["bad"].strip())


def says(role: str, content: str) -> dict[str, str]:
    """One message of a conversation."""
    return {"role": role, "content": content}


def shaped(objective: str, content: Row) -> Row:
    """The row as TRL's trainers read it: SFT prompt and completion, DPO chosen and rejected."""
    line = {**about(content), "prompt": [says("user", content["prompt"])]}
    if objective == "sft":
        return {**line, "completion": [says("assistant", content["good"])]}
    return {
        **line,
        "chosen": [says("assistant", content["good"])],
        "rejected": [says("assistant", content["bad"])],
    }


def _unseen(content: Row) -> None:
    """Nobody looks at the row besides."""


def lines(
    version: DatasetVersion, path: str, measure: Callable[[Row], None] = _unseen
) -> Iterator[bytes]:
    """The file's lines, in the order of their row ids. Raises NoSuchFile for another path."""
    if path not in PATHS:
        raise NoSuchFile(f"{version} has no file {path}")
    objective, split = path.removesuffix(".jsonl").split("/")
    for content in contents(version, split):
        measure(content)
        if objective == "sft" or is_pair(content):
            yield canonical_bytes(shaped(objective, content)) + b"\n"


def contents(version: DatasetVersion, split: str) -> Iterator[Row]:
    """The split's rows, a page at a time."""
    after = ""
    while page := _leading(version, split, after):
        backing = _backing_of(version, [name for name, *_ in page])
        for after, *said in page:
            yield dict(zip(SAID, said, strict=True)) | _told_by(backing[after], version)


def contents_of(version: DatasetVersion, rows: Sequence[DatasetRow]) -> list[Row]:
    """What these leading rows say; fetched with TEXTS_OF they cost one more query."""
    backing = _backing_of(version, [row.row_id for row in rows])
    return [_content(version, row, backing[row.row_id]) for row in rows]


def _content(version: DatasetVersion, row: DatasetRow, backing: Backing) -> Row:
    assert row.example is not None
    assert row.decision is not None
    return content_of(version, row.example, row.decision, backing)


def described(
    version: DatasetVersion,
    alive: Callable[[], None],
    measure: Callable[[Row], None] = _unseen,
) -> list[File]:
    """Every file with its digest, rows and bytes, from the rows as they are stored.

    A split without rows has no file, because readers stumble over empty ones.
    `alive` is called now and then; what it raises ends the reading. `measure` sees each row once.
    """
    found = []
    for path in PATHS:
        digest, rows, size = sha256(), 0, 0
        for line in lines(version, path, measure if path.startswith("sft/") else _unseen):
            digest.update(line)
            rows, size = rows + 1, size + len(line)
            if rows % PAGE == 0:
                alive()
        if rows:
            found.append(File(path, digest.hexdigest(), rows, size))
    return found


def content_id(files: Mapping[str, str], recipe: Mapping[str, Any]) -> str:
    """The version's id: SHA-256 over its files' digests by path, and its recipe's digest."""
    return digest_of({"files": sorted(files.items()), "recipe": digest_of(recipe)})


def whole(version: DatasetVersion) -> QuerySet[DatasetRow]:
    """The version's rows, but for those of lines that something erased stood behind."""
    gone = DatasetRow.objects.filter(version=version, row_id=OuterRef("row_id"), example=None)
    return DatasetRow.objects.filter(~Exists(gone), version=version)


def _leading(version: DatasetVersion, split: str, after: str) -> list[tuple[str, ...]]:
    """The next rows' ids, each with what SAID asks for."""
    rows = whole(version).filter(split=split, leads=True, row_id__gt=after)
    return list(rows.values_list("row_id", *SAID.values()).order_by("row_id")[:PAGE])


def _backing_of(version: DatasetVersion, row_ids: list[str]) -> dict[str, Backing]:
    rows = DatasetRow.objects.filter(version=version, row_id__in=row_ids)
    found: dict[str, Backing] = {name: Backing() for name in row_ids}
    told = rows.values_list("row_id", "is_near", "example__correction__client_id")
    for name, is_near, client_id in told:
        (found[name].near if is_near else found[name].same).append(feedback_id(client_id))
    return found
