import time

import pytest

from curation.findings import Finding
from curation.labelers import opinions
from curation.rules import analysers, comment, developer, reactions, shape
from curation.rules.evidence import Evidence, Signal


def evidence(output="a = 1\n", ideal="a = 2\n", language="python", **more):
    return Evidence(language=language, prompt="Do it", output=output, ideal=ideal, **more)


# ---- the developer's word


def test_the_developers_word_is_a_vote():
    opinion = developer.opinion(evidence(category="SQL injection"))
    assert opinion.category == "security"
    assert "SQL injection" in opinion.reason


@pytest.mark.parametrize("said", ["", "  ", "misunderstanding"])
def test_a_word_we_do_not_know_is_no_vote(said):
    assert developer.opinion(evidence(category=said)).category is None


# ---- the shape of the change


def test_an_output_that_does_not_parse_is_a_logic_fault():
    assert shape.opinion(evidence(output="def f(:\n")).category == "logic"


def test_layout_comments_and_docstrings_alone_are_style():
    before = 'def f(a):\n  """Old."""\n  return (a)\n'
    after = 'def f(a):\n    """New."""\n    # why\n    return a\n'
    assert shape.opinion(evidence(before, after)).category == "style"


def test_a_string_that_changed_is_no_docstring():
    assert shape.opinion(evidence("x = 'a'\n", "x = 'b'\n")).category is None


def test_code_cut_out_of_a_block_parses():
    assert shape.opinion(evidence("    return (a)\n", "    return a\n")).category == "style"


def test_a_correction_that_does_not_parse_is_no_vote_but_is_told():
    opinion = shape.opinion(evidence(ideal="def f(:\n"))
    assert opinion.category is None
    assert opinion.evidence == {"ideal_parses": False}


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 5_000,
        "x = " + "-" * 100_000 + "1",
        "a\0b",
        "\\\n" * 10_000,
        "x=" * 60_000,
        "\ufeff\ufeff",
    ],
)
def test_hostile_code_is_survived(hostile):
    assert shape.opinion(evidence(output=hostile)).labeler == "shape"


def test_very_long_code_is_not_parsed():
    assert "Too long" in shape.opinion(evidence(output="a\n" * 200_000)).reason


def test_a_dubious_escape_warns_nobody():
    assert (
        shape.opinion(evidence(output="x = '\\d'\n")).category is None
    )  # warnings are errors here


def test_equal_tokens_in_a_language_of_free_layout_are_style():
    before = "int f( ) {return 1;} // old\n"
    after = "int f() {\n    return 1;\n}\n"
    assert shape.opinion(evidence(before, after, "c")).category == "style"


def test_another_include_is_another_program():
    before, after = "#include <a.h>\nint x;\n", "#include <b.h>\nint x;\n"
    assert shape.opinion(evidence(before, after, "c")).category is None


def test_layout_says_nothing_where_it_matters():
    assert shape.opinion(evidence("a:\n  b: 1\n", "a:\nb: 1\n", "yaml")).category is None


# ---- the comment


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("This allows SQL injection from untrusted input.", "security"),
        ("Far too slow: quadratic in the rows.", "performance"),
        ("Please use snake_case, it is more readable.", "style"),
        ("Wrong base case, it fails for 0.", "logic"),
        ("Thanks!", None),
        ("", None),
        ("insecure but slow", None),
    ],
)
def test_the_comment_votes_by_its_words(said, meant):
    assert comment.opinion(evidence(comment=said)).category == meant


def test_a_long_comment_is_read_in_time():
    comment.opinion(evidence(comment="raises an " * 100_000))


# ---- reactions


def test_text_that_survived_had_a_small_fault():
    kept = (Signal("accepted"), Signal("survived", value=0.9))
    assert reactions.opinion(evidence(reactions=kept)).category == "style"


def test_text_taken_back_had_a_fault_of_logic():
    back = (Signal("accepted"), Signal("reverted"))
    assert reactions.opinion(evidence(reactions=back)).category == "logic"


def test_a_rejection_names_no_kind_of_fault_but_its_time_is_told():
    opinion = reactions.opinion(evidence(reactions=(Signal("rejected", after_ms=300),)))
    assert opinion.category is None
    assert "too soon" in opinion.reason


# ---- the analysers' findings


def finding(rule, state="fixed", tool="ruff", line=1):
    side = "output" if state == "fixed" else "ideal"
    return Finding(tool, rule, f"About {rule}", line, 0, side, state)


def test_the_gravest_fix_names_the_category():
    found = (finding("RET505"), finding("B608", tool="bandit"), finding("B006"))
    opinion = analysers.opinion(evidence(findings=found))
    assert opinion.category == "security"
    assert "bandit B608" in opinion.reason
    assert len(opinion.evidence["findings"]) == 3


@pytest.mark.parametrize("state", ["introduced", "unchanged"])
def test_what_was_not_fixed_is_no_vote(state):
    assert analysers.opinion(evidence(findings=(finding("S301", state),))).category is None


def test_a_tidied_line_in_a_rewrite_is_not_the_reason():
    before = "\n".join(f"line_{n} = {n}" for n in range(20))
    after = "\n".join(f"other_{n} = {n + 1}" for n in range(20))
    opinion = analysers.opinion(evidence(before, after, findings=(finding("RET505"),)))
    assert opinion.category is None
    assert "in passing" in opinion.reason


def test_a_tidied_line_that_is_all_the_change_is():
    found = (finding("RET505"),)
    assert analysers.opinion(evidence("a\nb\n", "a2\nb\n", findings=found)).category == "style"


def test_a_language_nobody_analyses_is_no_vote():
    assert analysers.opinion(evidence(language="rust")).category is None


def test_every_labeler_answers_once():
    answers = opinions(evidence())
    assert len({answer.labeler for answer in answers}) == len(answers) == 8
    assert all(answer.reason.endswith(".") for answer in answers)


def test_code_made_to_slow_a_lexer_down_is_no_vote_and_holds_no_worker():
    before = time.perf_counter()
    assert shape.opinion(evidence("a\n" * 30_000, "a\n" * 30_001, "java")).category is None
    assert time.perf_counter() - before < 6
