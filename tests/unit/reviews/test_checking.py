import threading

import pytest

from reviews import checking
from reviews.checking import TooBusy, check

GOOD = "def load(path):\n    with open(path) as source:\n        return source.read()\n"


def test_code_that_is_well_has_nothing_against_it():
    found = check(GOOD, GOOD, "python")
    assert (found.parses, found.formatted, found.findings) == (True, True, [])


def test_the_place_where_it_stops_to_parse_is_named():
    found = check("def load(path)\n    return 1\n", GOOD, "Python")
    assert found.parses is False
    assert (found.error.line, found.error.column) == (1, 14)


def test_code_cut_from_an_indented_block_parses_at_its_own_columns():
    assert check("    x = 1\n    y = 2\n", "    x = 1\n", "python").parses
    assert check("    x = 1\n    y = )\n", "    x = 1\n", "python").error.column == 8


def test_only_what_the_correction_does_not_have_is_new():
    bad = GOOD + "\n\ndef run(data):\n    return eval(data)\n"
    assert [finding.rule for finding in check(bad, bad, "python").findings] == []
    new = check(bad, GOOD, "python").findings
    assert {finding.state for finding in new} == {"introduced"}
    assert "S307" in {finding.rule for finding in new}


def test_the_formatter_says_what_it_would_change():
    assert check("x  =  1\n", "x = 1\n", "python").formatted is False


def test_json_has_a_parser_and_an_unknown_language_says_so():
    assert check('{"a": 1}', "{}", "json").parses
    assert check('{"a": }', "{}", "json").error.column == 6
    assert "No parser here reads cobol" in check("x", "x", "cobol").words


@pytest.mark.parametrize(
    ("language", "good", "bad", "at"),
    [
        ("go", "func f() int {\n\treturn 1\n}\n", "func f() int {\n\treturn )\n}\n", (2, 8)),
        ("TypeScript", "const é = f(1);\n", "const é = f(1;\n", (1, 13)),
        ("", "fn f() -> i32 { 1 }\n", "fn f() -> i32 { 1 \n", (1, 0)),
        (
            "java",
            "class A { int f() { return 1; } }\n",
            "class A { int f() { return 1 } }\n",
            (1, 28),
        ),
        ("sql", "SELECT a FROM t WHERE (b = 1);\n", "SELECT a FROM t WHERE (b = 1;\n", (1, 28)),
        ("bash", "if true; then\n  echo\nfi\n", "if true; then\n  echo\n", (3, 0)),
    ],
)
def test_every_language_with_a_grammar_is_parsed(language, good, bad, at):
    path = "src/main.rs" if not language else ""
    assert check(good, good, language, path).parses is True
    found = check(bad, good, language, path)
    assert found.parses is False
    assert (found.error.line, found.error.column) == at
    assert found.error.message
    assert check(bad, bad, language, path).parses is None  # the correction is not understood either


@pytest.mark.parametrize("code", ["(" * 5_000, "\0", "x" * 60_001])
def test_code_made_to_hurt_is_refused_or_answered(code):
    assert check(code, GOOD, "python").parses is not True
    assert check(code, GOOD, "go").parses is not True


def test_no_more_than_two_are_checked_at_once(monkeypatch):
    monkeypatch.setattr(checking, "AT_ONCE", threading.BoundedSemaphore(1))
    assert checking.AT_ONCE.acquire(blocking=False)
    with pytest.raises(TooBusy):
        check(GOOD, GOOD, "python")


def test_a_number_longer_than_python_reads_is_no_crash():
    assert check("1" * 5_000, "1", "json").parses is False
