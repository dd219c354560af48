import re

import pytest

from feedback import orphans, quarantine
from governance.keys import PREFIX
from lib import log_filter
from tests.house import ROOT


@pytest.mark.parametrize(
    ("title", "moves"), [("Orphan", orphans.MOVES), ("Quarantined event", quarantine.MOVES)]
)
def test_the_diagram_shows_the_moves(title, moves):
    text = (ROOT / "docs/state-machines.md").read_text()
    section = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    drawn = set(re.findall(r"^(\w+) -> (\w+)\b", section, re.MULTILINE))
    assert drawn == {(str(source), str(to)) for source, tos in moves.items() for to in tos}


def test_the_log_knows_a_key_by_its_beginning():
    assert log_filter.PREFIX == PREFIX
