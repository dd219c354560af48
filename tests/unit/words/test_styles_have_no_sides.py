"""Style sheets name starts and ends, never left and right: pages are read from either side."""

import re

import pytest

from tests.house import ROOT

SIDES = re.compile(
    r"(?<![\w-])(?:left|right)\s*:|(?:margin|padding|border)-(?:left|right)\b"
    r"|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
)
FOUR = re.compile(r"(?<![\w-])(?:margin|padding): ([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+);")
CALL = re.compile(r"\([^()]*\)")


def sided(css):
    """What in a style sheet holds for one direction only."""
    uneven = [
        match.group()
        for match in FOUR.finditer(CALL.sub("()", CALL.sub("()", css)))
        if match.group(2) != match.group(4)
    ]
    return SIDES.findall(css) + uneven


def test_no_style_sheet_knows_left_from_right():
    found = {path.name: sided(path.read_text()) for path in (ROOT / "static/css").glob("*.css")}
    assert {name: rules for name, rules in found.items() if rules} == {}


@pytest.mark.parametrize(
    "css",
    ["a { left: 0; }", "a { margin-left: 1px; }", "a { text-align: right; }"]
    + ["a { padding: 1px 2px 1px 3px; }"],
)
def test_a_side_is_found(css):
    assert sided(css)
