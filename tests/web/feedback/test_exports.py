"""Exports of what was captured: the same for whoever reads them, and few rows in memory."""

import io
import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from feedback import reading
from feedback.exporting import json_lines, write_parquet
from feedback.ingest import receive
from feedback.reading import CORRECTIONS, GENERATIONS, KINDS, REACTIONS
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
MANY = 2**70  # beyond 64 bits; JSON has it, and jsonb keeps it


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


def parquet(kind, key):
    file = io.BytesIO()
    write_parquet(kind, reading.portions(kind, kind.rows(key.project, {})), file)
    file.seek(0)
    return file


def lines(kind, key):
    rows = reading.every(kind, kind.rows(key.project, {}))
    return [json.loads(line) for line in json_lines(rows)]


def test_a_number_of_any_size_is_exported(key):
    receive(key, [generation(seed=MANY)], now())
    (line,) = lines(GENERATIONS, key)
    assert line["record"]["seed"] == MANY
    (row,) = pq.read_table(parquet(GENERATIONS, key)).to_pylist()
    assert json.loads(row["extra"]) == {"seed": MANY}


def test_pandas_reads_from_both_files_what_was_reported(key):
    about = generation(prompt="p\n", output="zwölf = 12\n", confidence=0.5)
    receive(key, [about, reaction(about, "rated", value=-0.5), correction(about)], now())
    for kind in (GENERATIONS, REACTIONS, CORRECTIONS):
        (line,) = lines(kind, key)
        frame = pd.read_parquet(parquet(kind, key))
        assert len(frame) == 1
        told = {**line, **line["record"]}
        for name in frame.columns:
            if name in ("id", "prompt", "output", "confidence", "value", "corrected", "generation"):
                assert frame[name][0] == told[name], name
        assert frame["received_at"][0] == pd.Timestamp(line["received_at"])


@pytest.mark.parametrize(
    ("kind", "long"),
    [
        (GENERATIONS, lambda about: generation(output="x" * 1000)),
        (GENERATIONS, lambda about: generation(notes="x" * 1000)),
        (REACTIONS, lambda about: reaction(about, "commented", comment="x" * 1000)),
        (CORRECTIONS, lambda about: correction(about, comment="x" * 1000)),
    ],
)
def test_few_long_rows_are_in_memory_at_once(key, monkeypatch, kind, long):
    monkeypatch.setattr(reading, "BYTES", 2500)
    about = generation()
    receive(key, [about], now())
    receive(key, [long(about) for _ in range(6)], now())
    file = pq.ParquetFile(parquet(kind, key))
    groups = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert max(groups) <= 3
    assert sum(groups) == kind.rows(key.project, {}).count()
    assert len(lines(kind, key)) == sum(groups)


def test_nothing_is_a_file_too(key):
    for kind in KINDS.values():
        assert pq.read_table(parquet(kind, key)).num_rows == 0
        assert lines(kind, key) == []
