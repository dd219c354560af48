"""Read what clients left on disk: batch by batch, each with how far it got, in one transaction.

Killed anywhere, an import goes on where its last batch ended; a file that was read is not read
again, and one that has grown is read from there.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import BinaryIO

from django.db import transaction

from feedback import originals
from feedback.clients.filed import Format, NotThisFormat, Request
from feedback.clients.reading import JSON, Arrived, Became, Fate, Item, unreadable
from feedback.clients.registry import adapters, route_of
from feedback.json_text import NotJson, value_of
from feedback.lines import Line, Reader, head_of
from feedback.models import ImportedFile
from governance.models import IngestKey

LONGEST = 64 * 1024 * 1024  # bytes of a line: an export may be one list
AT_ONCE, AT_ONCE_BYTES = 200, 4 * 1024 * 1024  # lines, and their bytes, in one transaction
LATER = timedelta(hours=1)  # so far off that no adapter takes an import's time for an answer's
TOO_LONG = "too_long"


class ImportedElsewhere(Exception):
    """Another import reads the same file at this moment."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a line. It was kept in quarantine, unless it was too long."""

    line: int
    detail: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch that is stored: what became of its events, by `Became`, and where the file stands."""

    counts: Counter[str]
    troubles: Sequence[Trouble]
    offset: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file: what holds it, by whose key it is read, and what it is called."""

    key: IngestKey
    format: Format
    path: PurePath


def files_of(format: Format, root: Path) -> list[Path]:
    """The files of a format: the one that is named, or those below a folder, by name."""
    if root.is_file():
        return [root]
    found = {path for pattern in format.files for path in root.glob(pattern)}
    return sorted(path for path in found if path.is_file())


def read_on(source: Source, file: BinaryIO, now: Callable[[], datetime]) -> Iterator[Progress]:
    """Store a file's lines from where the last import stopped; what is told is stored.

    Raises ImportedElsewhere.
    """
    row = _begun(source, head_of(file, LONGEST), now())
    reader = Reader(file, LONGEST)
    reader.skip(row.offset)
    if row.offset and reader.digest() != row.prefix_sha256:
        row = _begun_again(row)  # another file that begins alike, or it was written anew
        reader = Reader(file, LONGEST)
        reader.skip(0)
    for lines in _batches(reader.lines(row.lines)):
        row, progress = _take(row, source, lines, now())
        yield progress


def items_of(format: Format, path: PurePath, line: Line, at: datetime) -> list[Item]:
    """What a line comes to; one that is nothing of this format is an item with a problem."""
    where = f"{path.name}:{line.number}"
    try:
        requests = format.requests(path, value_of(line.content))
    except (NotJson, NotThisFormat) as error:
        return [_bad(format, line, at, f"{where}: {error}")]
    found = [each for request in requests for each in _read(format, request, at)]
    return [
        replace(item, problem=f"{where}: {item.problem}") if item.problem else item
        for item in (_known(format, each) for each in found)
    ]


def _read(format: Format, request: Request, at: datetime) -> Sequence[Item]:
    adapter = adapters()[format.client]
    _, names = route_of(adapter, "POST", request.path)
    arrived = Arrived(
        client=format.client,
        method="POST",
        path=request.path,
        at=at + LATER,
        names=names,
        content_type=JSON,
        body=originals.written(request.value).encode(),
        value=request.value,
    )
    return adapter.read(arrived).items


def _bad(format: Format, line: Line, at: datetime, problem: str) -> Item:
    route = adapters()[format.client].CLIENT.routes[0]
    return unreadable(
        Arrived(
            client=format.client,
            method=route.method,
            path=route.path,
            at=at,
            content_type=JSON,
            body=line.content,
            problem=problem,
        )
    )


def _known(format: Format, item: Item) -> Item:
    """Without what was taken from the time of arrival."""
    records = tuple(
        {name: value for name, value in record.items() if name not in format.unknowable}
        for record in item.records
    )
    return replace(item, records=records)


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Lines by number and bytes; a last one that is no JSON yet is left for the next import."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        if not (line.is_whole or line.is_too_long or _is_json(line.content)):
            break
        batch.append(line)
        size += len(line.content)
        if len(batch) >= AT_ONCE or size >= AT_ONCE_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _is_json(content: bytes) -> bool:
    try:
        value_of(content)
    except NotJson:
        return False
    return True


def _begun(source: Source, head: str, now: datetime) -> ImportedFile:
    row, _ = ImportedFile.objects.get_or_create(
        project_id=source.key.project_id,
        format=source.format.name,
        head_sha256=head,
        defaults={
            "key": source.key,
            "name": str(source.path)[-1000:],
            "begun_at": now,
            "read_at": now,
        },
    )
    return row


@transaction.atomic
def _begun_again(row: ImportedFile) -> ImportedFile:
    held = _held(row)
    held.offset = held.lines = 0
    held.prefix_sha256 = ""
    held.save(update_fields=["offset", "lines", "prefix_sha256"])
    return held


def _take(
    row: ImportedFile, source: Source, lines: Sequence[Line], now: datetime
) -> tuple[ImportedFile, Progress]:
    """Store what lines say, together with how far the file is read."""
    told = [
        (line.number, item)
        for line in lines
        if line.content.strip()
        for item in items_of(source.format, source.path, line, now)
    ]
    items = originals.cleaned(source.key, [item for _, item in told])
    with transaction.atomic():
        row = _held(row)
        fates = originals.keep(source.key, source.format.client, items, now) if items else []
        _move_on(row, lines[-1], fates, now)
    troubles = [
        Trouble(number, fate.detail)
        for (number, _), fate in zip(told, fates, strict=True)
        if fate.became is Became.QUARANTINED
    ]
    long = [
        Trouble(line.number, f"longer than {LONGEST} bytes, not kept")
        for line in lines
        if line.is_too_long
    ]
    counts = Counter([*(str(fate.became) for fate in fates), *[TOO_LONG] * len(long)])
    return row, Progress(counts, [*troubles, *long], row.offset)


def _held(row: ImportedFile) -> ImportedFile:
    """The file's row, locked. Raises ImportedElsewhere where another import has moved on."""
    held = ImportedFile.objects.select_for_update().get(pk=row.pk)
    if held.offset != row.offset:
        raise ImportedElsewhere(row.name)
    return held


def _move_on(row: ImportedFile, last: Line, fates: Sequence[Fate], now: datetime) -> None:
    row.offset, row.lines, row.prefix_sha256 = last.end, last.number, last.digest
    row.events += len(fates)
    row.quarantined += sum(fate.became is Became.QUARANTINED for fate in fates)
    row.read_at = now
    row.save(update_fields=["offset", "lines", "prefix_sha256", "events", "quarantined", "read_at"])
