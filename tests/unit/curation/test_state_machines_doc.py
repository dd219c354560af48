import re
from pathlib import Path

import pytest

from curation import datasets, labeling, publishing

DOCS = Path(__file__).parents[3] / "docs/state-machines.md"


@pytest.mark.parametrize(
    ("title", "moves"),
    [
        ("Example", labeling.MOVES),
        ("Dataset version", datasets.MOVES),
        ("Publication", publishing.MOVES),
    ],
)
def test_the_diagram_shows_the_moves(title, moves):
    section = DOCS.read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
    drawn = set(re.findall(r"^(\w+) -> (\w+)\b", section, re.MULTILINE))
    assert drawn == {(str(source), str(to)) for source, tos in moves.items() for to in tos}
