"""What was captured as files: JSON lines as the API tells them, or Parquet."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from feedback.models import Quarantined
from feedback.reading import CORRECTIONS, GENERATIONS, QUARANTINE, REACTIONS, Kind, Row
from feedback.telling import told
from lib.problems import json_bytes

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
        yield _line(told(row))


def _line(value: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a client's whole number of more than 64 bits
        return json.dumps(value, default=_moment).encode() + b"\n"


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def write_parquet(kind: Kind, portions: Iterable[Sequence[Row]], to: IO[bytes] | Path) -> int:
    """Write the rows, and say how many. Fields that only the client knows are JSON in `extra`.

    A portion is a row group, so that no more than one is in memory.
    """
    schema = pa.schema((COLUMNS[kind.name] | {"extra": TEXT}).items())
    written = 0
    with pq.ParquetWriter(to, schema, compression="zstd") as file:
        for group in portions:
            file.write_table(pa.Table.from_pylist([_flat(row) for row in group], schema))
            written += len(group)
    return written


def _flat(row: Row) -> dict[str, Any]:
    said: Mapping[str, Any] = told(row)
    if isinstance(row, Quarantined):
        return dict(said)
    extra = json_bytes(row.extra).decode() if row.extra else None
    return {**said, **said["record"], "extra": extra}
