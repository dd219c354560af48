"""The table of capture styles in docs/clients.md has every field of every record, once."""

import re
from pathlib import Path

from feedback.records import CorrectionRecord, GenerationRecord, ReactionRecord

CLIENTS = Path(__file__).parents[3] / "docs/clients.md"


def rows():
    section = CLIENTS.read_text().split("## Capture styles")[1].split("\n\n")
    table = next(part for part in section if part.startswith("| field |"))
    return [line.strip("|").split("|") for line in table.splitlines()[2:]]


def test_every_field_of_a_record_is_in_the_table_once():
    named = [name for row in rows() for name in re.findall(r"`(\w+)`", row[0])]
    shapes = (GenerationRecord, ReactionRecord, CorrectionRecord)
    assert sorted(named) == sorted({name for shape in shapes for name in shape.model_fields})


def test_every_field_has_all_three_columns():
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows())
