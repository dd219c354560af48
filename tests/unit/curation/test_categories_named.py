import pytest

from curation.categories import TOP, named_by
from curation.top import MEANINGS


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("security", "security"),
        ("Security / SQLi", "security"),
        ("CWE-89", "security"),
        ("BUG", "logic"),
        ("error-handling", "logic"),
        ("wrong_api", "logic"),
        ("perf", "performance"),
        ("Readability!", "style"),
        ("other", "other"),
        ("", None),
        ("  ", None),
        ("illogical", None),
        ("security or style", None),
        ("Ошибка", None),
        ("x" * 10_000, None),
    ],
)
def test_what_a_client_calls_it_is_understood_or_left_alone(said, meant):
    assert named_by(said) == meant


def test_every_top_category_says_what_it_is_in_one_sentence():
    assert list(MEANINGS) == list(TOP)
    assert all(text.endswith(".") and text.count(". ") == 0 for text in MEANINGS.values())
