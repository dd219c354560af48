import re
import time
from dataclasses import dataclass
from html import unescape

import pytest

from reviews.diffing import How, diff
from reviews.highlighting import LONGEST_LINE, Layer, colours, render, visible
from reviews.lines import LONGEST, MOST_LINES, Span, Text
from reviews.painting import Marks


@dataclass(frozen=True)
class Finding:
    side: str
    line: int
    column: int = 0


def rows_of(found):
    return [row for hunk in found.hunks for row in hunk.rows]


def plain(html):
    """The text a reader sees."""
    return unescape(re.sub(r"<[^>]+>", "", html))


CODE = '''import os


def load(path: str) -> dict:
    """Read it."""
    if path == "":  # nothing
        return None
    return eval(open(path).read())
'''
FIXED = CODE.replace("eval(open(path).read())", "json.load(open(path))")


# Text and colour


@pytest.mark.parametrize("language", ["python", "go", "javascript", "no such language", ""])
def test_colouring_loses_no_character(language):
    lines = CODE.split("\n")
    for line, found in zip(lines, colours(lines, language, "load.py"), strict=True):
        assert plain(render(line, found)) == line


def test_the_six_classes():
    lines = CODE.split("\n")
    html = "\n".join(
        render(line, found) for line, found in zip(lines, colours(lines, "python", ""), strict=True)
    )
    for name, text in {
        "k": "import",
        "f": "load",
        "s": "Read it.",
        "t": "str",
        "c": "# nothing",
    }.items():
        assert re.search(f'<span class="{name}">[^<]*{text}', html)
    assert '<span class="n">3</span>' in render("x = 3", colours(["x = 3"], "python", "")[0])


def test_a_text_that_runs_over_lines_is_coloured_on_each():
    lines = ["x = '''one", "two", "three'''"]
    found = colours(lines, "python", "")
    html = [render(line, coloured) for line, coloured in zip(lines, found, strict=True)]
    assert all('class="s"' in line for line in html)


def test_the_file_name_tells_the_language_where_the_client_did_not():
    assert colours(["def f(): pass"], "", "a/b.py")[0]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a & b", "'\"", "</code></td>", "{{ x }}{% y %}"]
)
def test_markup_in_code_is_inert(text):
    for language in ("python", "html", ""):
        html = render(text, colours([text], language, "")[0], [Layer("mark", [(1, 4)])])
        assert not re.search(r"<(?!/?(span|mark)\b)", html)
        assert plain(html) == text


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
        ("\u200b", "ZWSP"),
        ("\ufeff", "BOM"),
        ("\xa0", "NBSP"),
        ("\r", "CR"),
        ("\x00", "U+0000"),
        ("\x1b", "U+001B"),
        ("\u2028", "U+2028"),
        ("\U000e0041", "U+E0041"),
        ("\ud800", "U+D800"),
        ("\u3164", "U+3164"),
    ],
)
def test_what_hides_is_written_out(character, shown):
    html = visible(f"a{character}b")
    assert character not in html
    assert f">{shown}</span>" in html


@pytest.mark.parametrize("text", ["\t", "é", "日本", "😀", "שלום"])
def test_what_can_be_seen_is_left_alone(text):
    assert visible(text) == text


def test_a_huge_line_is_cut_and_says_so():
    html = render("x" * (LONGEST_LINE + 1234), [])
    assert len(plain(html)) < LONGEST_LINE + 100
    assert "… 1,234 more characters" in html


def test_layers_nest_and_share_their_elements():
    html = render("abcdef", [(0, 6, "k")], [Layer("mark", [(1, 4)]), Layer("u", [(3, 5)])])
    assert html == (
        '<span class="k">a</span><mark><span class="k">bc</span><u><span class="k">d</span></u>'
        '</mark><u><span class="k">e</span></u><span class="k">f</span>'
    )


# The diff


def test_every_line_is_shown_once_and_in_order_when_nothing_is_folded():
    found = diff(CODE, FIXED, language="python")
    shown = [plain(row.left.code) for row in rows_of(found) if row.left]
    assert shown == CODE.splitlines()
    shown = [plain(row.right.code) for row in rows_of(found) if row.right]
    assert shown == FIXED.splitlines()


def test_a_changed_line_carries_signs_and_marks_on_both_sides():
    row = next(row for row in rows_of(diff(CODE, FIXED)) if row.left and row.left.sign)
    assert (row.left.sign, row.right.sign) == ("−", "+")
    assert "del" in row.left.css
    assert "add" in row.right.css
    assert "<mark>" in row.left.code
    assert "<mark>" in row.right.code


def test_a_whole_new_line_carries_no_marks():
    row = rows_of(diff("a\n", "a\nb = call(1)\n"))[1]
    assert row.left is None
    assert "<mark>" not in row.right.code


def test_indentation_alone_is_a_tilde_on_plain_ground():
    row = rows_of(diff("if x:\n  a()\n", "if x:\n\ta()\n"))[1]
    assert (row.left.sign, row.right.sign, row.css) == ("~", "~", "ctx is-fmt")
    assert "del" not in row.left.css


def test_blanks_that_changed_can_be_seen():
    row = rows_of(diff("if x:\n\t\ta()\n", "if x:\n        a()  \n"))[1]
    assert (row.left.sign, row.right.sign) == ("~", "~")
    assert (
        '<span class="blank"><span class="tab">\t</span><span class="tab is-next">\t'
        in row.left.code
    )
    assert '<span class="trail">' in row.right.code


def test_every_blank_is_visible_on_request():
    shown = rows_of(diff("a  b\tc\n", "a  b\tc\n", marks=Marks(blanks=True)))[0].left.code
    assert shown == 'a<span class="ws">  </span>b<span class="tab">\t</span>c'


LONG = "".join(f"line_{n} = {n}\n" for n in range(100))
CHANGED = LONG.replace("line_50 = 50", "line_50 = fifty")


def test_what_did_not_change_is_folded_around_the_changes():
    found = diff(LONG, CHANGED)
    assert [hunk.kind for hunk in found.hunks] == ["fold", "same", "change", "same", "fold"]
    assert [hunk.hidden for hunk in found.hunks] == [47, 0, 0, 0, 46]
    assert [len(hunk.rows) for hunk in found.hunks] == [0, 3, 1, 3, 0]


def test_an_unfolded_run_is_shown_and_the_other_folds_keep_their_numbers():
    first, last = (hunk.number for hunk in diff(LONG, CHANGED).hunks if hunk.kind == "fold")
    opened = diff(LONG, CHANGED, how=How(unfolded=frozenset({first})))
    assert [hunk.number for hunk in opened.hunks if hunk.kind == "fold"] == [last]
    assert len(rows_of(opened)) == 54
    assert len(rows_of(diff(LONG, CHANGED, how=How(unfolded=frozenset({first, last}))))) == 100


def test_a_fold_names_the_function_it_hides():
    code = "def first():\n" + "    pass\n" * 20 + "def last():\n" + "    pass\n" * 20
    assert diff(code, code + "x = 1\n").hunks[0].hint == "def last():"


def test_equal_texts_are_shown_whole_and_said_to_be_equal():
    found = diff(LONG, LONG)
    assert found.same
    assert len(rows_of(found)) == 100


@pytest.mark.parametrize(
    ("output", "ideal", "endings", "signs"),
    [
        ("", "a\n", ("empty", ""), [("", "+")]),
        ("a\n", "", ("", "empty"), [("−", "")]),
        ("", "", ("empty", "empty"), []),
        ("a", "a\n", ("no newline at the end", ""), [("", "")]),
        ("a\r\nb\r\n", "a\nb\n", ("CRLF line ends", ""), [("", ""), ("", "")]),
        (
            "a\r\nb",
            "a\nb",
            ("CRLF line ends, no newline at the end", "no newline at the end"),
            [("", ""), ("", "")],
        ),
        ("\n", "\n\n", ("", ""), [("", ""), ("", "+")]),
    ],
)
def test_line_ends_and_empty_sides(output, ideal, endings, signs):
    found = diff(output, ideal)
    assert found.endings == endings
    assert [
        (row.left.sign if row.left else "", row.right.sign if row.right else "")
        for row in rows_of(found)
    ] == signs
    assert found.same == (output == ideal)


def test_mixed_line_ends_are_shown_where_they_are():
    assert Text.of("a\r\nb\n").lines == ["a\r", "b"]
    assert ">CR</span>" in rows_of(diff("a\r\nb\n", "a\nb\n"))[0].left.code


# The wrong block


def bracket(found):
    return [
        (row.left.line if row.left else None, row.left.css if row.left else row.bracket)
        for row in rows_of(found)
    ]


def test_the_bracket_runs_from_the_first_marked_line_to_the_last_across_empty_cells():
    found = diff("a\nb = 1\nc\nd\n", "a\nb = 2\nnew\nc\nd\n", marks=Marks(span=Span(2, 0, 3, 1)))
    assert bracket(found) == [
        (1, "l"),
        (2, "l del wb wb-a"),
        (None, "wb"),
        (3, "l wb wb-z"),
        (4, "l"),
    ]
    assert found.block == "lines 2–3"
    assert [row.starts_block for row in rows_of(found)] == [False, True, False, False, False]


def test_a_block_that_ends_at_the_start_of_a_line_does_not_hold_that_line():
    assert Span(2, 0, 4, 0).last_line == 3
    assert str(Span(2, 0, 3, 0)) == "line 2"


def test_a_block_inside_a_line_marks_its_columns():
    found = diff("x = eval(y) + 1\n", "x = int(y) + 1\n", marks=Marks(span=Span(1, 4, 1, 11)))
    marked = re.search(r'<span class="wbx">(.*?)</span>(?!</u>)', rows_of(found)[0].left.code)
    assert plain(rows_of(found)[0].left.code) == "x = eval(y) + 1"
    assert marked
    assert found.block == "line 1, columns 5–11"


def test_marked_lines_are_never_folded_away():
    found = diff(LONG, CHANGED, marks=Marks(span=Span(20, 0, 21, 5)))
    numbers = [row.left.line for row in rows_of(found)]
    assert numbers[:8] == [17, 18, 19, 20, 21, 22, 23, 24]


@pytest.mark.parametrize("span", [Span(1, 0, 99, 5), Span(50, 0, 60, 0), Span(1, 500, 1, 900)])
def test_a_block_beyond_the_text_breaks_nothing(span):
    assert len(rows_of(diff("a\nb\n", "a\n", marks=Marks(span=span)))) == 2


# Findings


def test_findings_stand_under_their_line_on_their_side():
    fixed, new, lost = Finding("output", 8, 11), Finding("ideal", 8), Finding("ideal", 99)
    found = diff(CODE, FIXED, marks=Marks(findings=[fixed, new, lost]))
    noted = [row for row in rows_of(found) if row.noted]
    assert [(row.left.notes, row.right.notes) for row in noted] == [((fixed,), (new,))]
    assert found.unplaced == (lost,)


def test_a_finding_underlines_what_it_points_at():
    line = "    x = os.system(cmd)"
    found = diff(
        f"{line}\n",
        "x\n",
        marks=Marks(findings=[Finding("output", 1, 8), Finding("output", 1, 500)]),
    )
    underlined = re.findall(r"<u>(.*?)</u>", rows_of(found)[0].left.code)
    assert plain("".join(underlined)) == "os.system"


# Lines have addresses, and may have threads


def test_a_line_of_each_side_has_an_address_of_its_own():
    found = rows_of(diff("a\nb\n", "a\nx\nb\n"))
    cells = [cell for row in found for cell in (row.left, row.right) if cell]
    assert sorted(cell.anchor for cell in cells) == [
        *("ideal-1", "ideal-2", "ideal-3", "output-1", "output-2")
    ]
    assert {(cell.side, cell.line) for cell in cells} >= {("output", 2), ("ideal", 3)}


def test_threads_stand_under_their_line_and_keep_it_from_being_folded():
    early, late, lost = Finding("ideal", 10), Finding("output", 90), Finding("ideal", 1000)
    found = diff(LONG, CHANGED, marks=Marks(threads=[early, late, lost]))
    noted = [row for row in rows_of(found) if row.noted]
    assert [(row.left.threads, row.right.threads) for row in noted] == [
        ((), (early,)),
        ((late,), ()),
    ]
    assert found.unplaced == (lost,)


def test_a_thread_under_the_last_marked_line_ends_the_bracket_below_it():
    found = diff(
        "a\nb\n", "a\nb\n", marks=Marks(span=Span(1, 0, 2, 1), threads=[Finding("output", 2)])
    )
    last = rows_of(found)[1]
    assert ("wb-z" in last.left.css, last.bracket) == (False, "wb wb-z")


def test_the_sums():
    found = diff("a\nb\n  c\n", "a\nx\ny\nc\n")
    assert (found.removed, found.added, found.spaced) == (1, 2, 1)


def test_five_thousand_lines_are_compared_and_painted_in_less_than_three_seconds():
    lines = CODE.splitlines(keepends=True) * 625
    new = [line + "" if n % 9 else f"# {line}" for n, line in enumerate(lines)]
    before = time.process_time()
    found = diff("".join(lines), "".join(new), language="python")
    assert time.process_time() - before < 3
    assert found.added


# Text nobody could read


def test_a_hostile_length_is_cut_and_said():
    found = diff("a\n" * 2_000_000, "b\n" * 10)
    assert len(rows_of(found)) <= MOST_LINES + 10
    assert found.unshown == 2 * (2_000_000 - MOST_LINES) + 1
    assert found.endings[0] == "cut short"


def test_a_difference_behind_the_cut_is_never_called_the_same():
    head = "a" * LONGEST
    assert not diff(head + "x", head + "y").same


def test_the_longest_text_is_shown_whole():
    text = "a\n" * MOST_LINES
    assert Text.of(text).unshown == 0
    assert len(Text.of(text).lines) == MOST_LINES


@pytest.mark.parametrize("language", ["java", "csharp", "ruby"])
def test_code_made_to_slow_a_lexer_down_stays_plain_and_keeps_nobody_waiting(language):
    before = time.process_time()
    assert colours(["a"] * 30_000, language, "") is not None
    assert time.process_time() - before < 3
