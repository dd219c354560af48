import pytest

from curation.rules import tested
from curation.rules.evidence import Evidence


def said(fails, passes):
    evidence = Evidence("python", "Do it", "a", "b", output_fails=fails, ideal_passes=passes)
    return tested.opinion(evidence)


def test_failed_and_then_passed_is_logic():
    assert said(True, True).category == "logic"


@pytest.mark.parametrize(
    ("fails", "passes", "reason"),
    [
        (None, None, "No tests"),
        (True, None, "No tests"),
        (None, True, "No tests"),
        (True, False, "as well"),
        (False, True, "do not see"),
        (False, False, "The correction fails"),
    ],
)
def test_anything_else_is_no_vote_and_says_why(fails, passes, reason):
    opinion = said(fails, passes)
    assert opinion.category is None
    assert reason in opinion.reason
