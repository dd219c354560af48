"""What was captured as files: JSON lines as the API tells them, or Parquet."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from feedback.models import Quarantined
from feedback.reading import CORRECTIONS, GENERATIONS, QUARANTINE, REACTIONS, Kind, Row
from feedback.telling import told

GROUP = 500  # rows of a row group; what is in memory while a file is written
MOMENT = pa.timestamp("us", tz="UTC")
TEXT, WHOLE = pa.string(), pa.int64()
STORED = {"stored_id": WHOLE, "received_at": MOMENT}
RECORD = {"id": TEXT, "occurred_at": MOMENT, "session": TEXT, "developer": TEXT}
PLACE = pa.struct({"line": pa.int32(), "column": pa.int32()}.items())
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    GENERATIONS.name: STORED
    | RECORD
    | {"prompt": TEXT, "output": TEXT, "language": TEXT, "file_path": TEXT, "repository": TEXT}
    | {"model_name": TEXT, "confidence": pa.float64(), "aliases": pa.list_(TEXT)},
    REACTIONS.name: STORED
    | RECORD
    | {"generation": TEXT, "kind": TEXT, "after_ms": WHOLE, "value": pa.float64()}
    | {"comment": TEXT},
    CORRECTIONS.name: STORED
    | RECORD
    | {"generation": TEXT, "corrected": TEXT, "category": TEXT, "severity": TEXT}
    | {"span": pa.struct({"start": PLACE, "end": PLACE}.items()), "comment": TEXT}
    | {"after_ms": WHOLE},
    QUARANTINE.name: {"stored_id": WHOLE, "held_at": MOMENT, "state": TEXT, "reason": TEXT}
    | {"client": TEXT, "version": TEXT, "received_at": MOMENT, "event": TEXT},
}


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """A line for each row."""
    for row in rows:
        yield orjson.dumps(told(row), option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def write_parquet(kind: Kind, rows: Iterable[Row], to: IO[bytes] | Path) -> int:
    """Write the rows, and say how many. Fields that only the client knows are JSON in `extra`."""
    schema = pa.schema((COLUMNS[kind.name] | {"extra": TEXT}).items())
    written = 0
    with pq.ParquetWriter(to, schema, compression="zstd") as file:
        for group in batched(rows, GROUP):
            file.write_table(pa.Table.from_pylist([_flat(row) for row in group], schema))
            written += len(group)
    return written


def _flat(row: Row) -> dict[str, Any]:
    said: Mapping[str, Any] = told(row)
    if isinstance(row, Quarantined):
        return dict(said)
    extra = orjson.dumps(row.extra).decode() if row.extra else None
    return {**said, **said["record"], "extra": extra}
