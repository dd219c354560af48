import pytest

from lib.markdown import document, named_in, remark

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    '[x](https://a.example "\\" onmouseover=alert(1) \\"")',
    "```\n</code></pre><script>alert(1)</script>\n```",
    '```py" onclick="alert(1)\nx\n```',
    "|a|\n|:-|\n|<svg onload=alert(1)>|",
    "<style>body{display:none}</style>",
    "[a]: javascript:alert(1)\n\n[a]",
    '@<b>wren</b> @wren"onclick=alert(1)',
]


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("render", [document, remark])
def test_nothing_in_a_text_can_run_or_load(render, text):
    html = render(text).lower()
    for forbidden in (
        "<script",
        "<img",
        "<svg",
        "<style",
        'href="javascript',
        'href="data',
        'href="vb',
    ):
        assert forbidden not in html
    assert not [
        tag
        for tag in html.split("<")[1:]
        if " on" in tag.split(">")[0] or "style" in tag.split(">")[0]
    ]


def test_a_document_has_headings_below_the_pages_own():
    assert "<h3>Top</h3>" in document("# Top")
    assert "<h6>Deep</h6>" in document("###### Deep")


def test_a_table_needs_no_inline_style():
    html = document("|a|b|\n|:-|-:|\n|1|2|")
    assert "<td>1</td>" in html
    assert "style" not in html


def test_a_remark_keeps_its_lines_and_its_code():
    html = remark("one\ntwo `x < 1`")
    assert "<br>" in html
    assert "<code>x &lt; 1</code>" in html


def test_a_remark_has_no_headings():
    assert "<h" not in remark("# loud")


def test_only_names_of_members_stand_out():
    html = remark("@wren and @nobody", frozenset({"wren"}))
    assert '<b class="at">@wren</b>' in html
    assert "@nobody</b>" not in html


def test_names_are_found_outside_code_and_addresses():
    text = "@wren, see `@idris` and @maren.k; not me@example.org. Thanks @wren."
    assert named_in(text) == ["wren", "maren.k"]


def test_a_name_may_end_a_sentence_or_stand_in_brackets():
    assert named_in("(@wren) asked @idris.") == ["wren", "idris"]
