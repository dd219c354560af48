from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.exports import edit_spans
from curation.exports.edit_spans import edit_spans as spans_of


def new_parts(rejected, chosen):
    return [chosen[span.start : span.end] for span in spans_of(rejected, chosen) if span.is_new]


@pytest.mark.parametrize(
    ("rejected", "chosen", "new"),
    [
        ("x = eval(text)", "x = json.loads(text)", ["json.loads"]),
        ("a = 1\n", "a = 1\nb = 2\n", ["b = 2\n"]),
        ("", "x = 1", ["x = 1"]),
        ("x = 1", "x = 1", []),
        ("f(a, b)", "f(a)", [")"]),  # taken out: what comes instead is learnt
        ("f(a)  # why", "f(a)", [")"]),  # taken out at the end: the last token is
        ("“ä”", "“ö”", ["ö"]),
        ("x", "", []),
    ],
)
def test_what_the_model_had_not_written_is_new(rejected, chosen, new):
    assert new_parts(rejected, chosen) == new


CODE = st.text(alphabet="ab1_ \n.(é😀", max_size=60)


@given(CODE, CODE)
def test_spans_tile_the_text_and_take_turns(rejected, chosen):
    spans = spans_of(rejected, chosen)
    assert "".join(chosen[span.start : span.end] for span in spans) == chosen
    assert all(one.end == two.start and one.is_new != two.is_new for one, two in pairwise(spans))
    assert any(span.is_new for span in spans) == (bool(chosen) and rejected != chosen)


@pytest.mark.parametrize(("most", "new"), [(30, ["b = 3\n"]), (1, ["a = 1\nb = 3\nc = 3\n"])])
def test_large_texts_are_compared_by_lines_or_not_at_all(monkeypatch, most, new):
    monkeypatch.setattr(edit_spans, "MOST", most)
    assert new_parts("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 3\nc = 3\n") == new
