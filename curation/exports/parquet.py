"""The plain rows as Parquet: columns with types, a fifth of the size.

The same rows give the same bytes with the same pyarrow, whose version is in every file.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from tempfile import TemporaryFile

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext_noop

from curation.export import SPLITS, WEIGHTED, Row, contents
from curation.exports.files import File, Format, Per, rows_of
from curation.exports.plain import plain
from curation.models import DatasetVersion

TEXT, WHOLE = pa.string(), pa.int64()
COLUMNS: dict[str, pa.DataType] = {
    **dict.fromkeys(("row_id", "prompt", "chosen", "rejected", "category", "severity"), TEXT),
    **dict.fromkeys(("language", "repository", "file_path", "model_name"), TEXT),
    **{"feedback_ids": pa.list_(TEXT), "support": WHOLE},
}
SINCE_WEIGHTED: dict[str, pa.DataType] = {"near_feedback_ids": pa.list_(TEXT), "weight": WHOLE}
GROUP_ROWS, GROUP_TEXT = 5_000, 8 * 1024 * 1024  # a row group has no more rows, no more characters
CHUNK = 1024 * 1024  # bytes


def files(version: DatasetVersion) -> list[File]:
    """A file for each split."""
    return [
        File(f"{split}.parquet", rows, partial(_table, version, split))
        for split in SPLITS
        if (rows := rows_of(version, Per.ROW, split))
    ]


def _table(version: DatasetVersion, split: str) -> Iterator[bytes]:
    is_weighted = version.recipe["format"] >= WEIGHTED
    schema = pa.schema((COLUMNS | (SINCE_WEIGHTED if is_weighted else {})).items())
    with TemporaryFile(prefix="emend-") as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for group in _groups(contents(version, split)):
                writer.write_table(pa.Table.from_pylist(group, schema))
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The plain rows in groups that fit into memory, whatever is long in them."""
    group: list[Row] = []
    room = GROUP_TEXT
    for content in rows:
        group += plain(content)
        room -= sum(len(content[text]) for text in ("prompt", "good", "bad"))
        if room <= 0 or len(group) == GROUP_ROWS:
            yield group
            group, room = [], GROUP_TEXT
    if group:
        yield group


FORMAT = Format("parquet", "Parquet", gettext_noop("plain texts as a table"), files)
