"""Every line that work says has words, whose places are the figures it is said with."""

import ast
import string

from curation.models import Run
from curation.run_words import COUNTED, LINES
from tests.house import sources

OF_OURS = {"run", "said", "now", "level", "place"}
# said through a helper, with the figures that the helper gives
HELPED = {
    "say_how_far": (1, {"done", "total"}),
    "backlog": (2, {"done", "total"}),
    "_stopped": (1, {"done", "total"}),
}


def said():
    """Each word in our source, and the names of its figures."""
    for path in sources("curation"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place, figures = HELPED.get(name, (1, {each.arg for each in node.keywords} - OF_OURS))
            if (name == "say" or name in HELPED) and len(node.args) > place:
                for word in ast.walk(node.args[place]):
                    if isinstance(word, ast.Constant) and isinstance(word.value, str):
                        yield word.value, figures


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_line_has_words_and_figures_for_them():
    found = list(said())
    assert {word for word, _ in found} | {"begun", "begun_again"} == set(LINES)
    for word, figures in found:
        assert places(LINES[word]) <= figures, word


def test_every_kind_says_what_it_counts():
    assert set(COUNTED) == set(Run.Kind)
