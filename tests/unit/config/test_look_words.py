"""How numbers and times are written, and that every icon asked for is there."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.templatetags import look

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (1284, 0, "1,284"),
        (-293, 0, "−293"),
        (0, 0, "0"),
        (0.8149, 2, "0.81"),
        (None, 0, "–"),
        ("", 0, "–"),
    ],
)
def test_numbers_have_commas_and_a_real_minus(value, places, words):
    assert look.number(value, places) == words


@pytest.mark.parametrize(
    ("share", "places", "words"),
    [(0.64, 0, "64 %"), (0.314, 1, "31.4 %"), (1, 0, "100 %"), (0.0, 0, "0 %"), (None, 0, "–")],
)
def test_shares_are_percent_with_a_space_that_does_not_break(share, places, words):
    assert look.percent(share, places) == words.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=1, hours=3), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=7), "5 Mar"),
        (timedelta(days=100), "2 Dec 2025"),
        (-timedelta(minutes=9), "in 9 min"),
    ],
)
def test_times_are_relative_for_a_week_then_the_date(span, words):
    assert look.since(NOW - span, NOW) == words.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("name", "letters"), [("wren", "WR"), ("ana.lima", "AL"), ("x", "X"), ("", "")]
)
def test_a_face_has_two_letters(name, letters):
    assert look.initials(name) == letters


def test_an_icon_is_escaped_like_anything_else():
    assert "<b>" not in look.icon("<b>")
    assert "&lt;i&gt;" in look.badge("ok", "check", "<i>")


def test_every_icon_that_a_template_names_is_in_the_sprite():
    there = set(re.findall(r'id="i-([a-z]+)"', (ROOT / "static/img/sprite.svg").read_text()))
    asked = set()
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        asked |= set(re.findall(r'{% icon "([a-z]+)"', text))
        asked |= set(re.findall(r'{% badge "[a-z]*" "([a-z]+)"', text))
        asked |= set(re.findall(r'mark="([a-z]+)"', text))
    assert asked - there == set()


def test_no_template_has_an_inline_style_or_handler():
    for template in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"\s(style|on[a-z]+)=", template.read_text()), template


def test_no_style_sheet_or_script_reaches_out():
    for name in ("css", "js", "img"):
        for file in (path for path in (ROOT / "static" / name).rglob("*") if path.is_file()):
            text = file.read_text().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://|@import|url\(", text), file
