"""Rules that curators write: what they find, what is refused, and what they say together."""

import time

import pytest

from curation.findings import Finding
from curation.rules.evidence import Evidence
from curation.rules.written import BadRule, Rule, check, hit_of, opinion, text_at


def evidence(**changes):
    told = {"language": "python", "prompt": "p", "output": "a\n", "ideal": "b\n"}
    return Evidence(**told | changes)


def rule(kind="words", looks_for="eval", place="removed", category="security", number=1):
    return Rule(number, f"rule {number}", kind, looks_for, place, category)


def test_lines_of_one_side_are_what_the_other_has_not_each_as_often():
    told = evidence(output="x\nkeep\nx\n", ideal="keep\nx\nnew\n")
    assert text_at("removed", told) == "x"
    assert text_at("added", told) == "new"


@pytest.mark.parametrize(
    ("words", "comment", "found"),
    [
        ("N+1, slow", "This is an n+1 query", "n+1"),
        ("slow", "slower", None),
        ("slow", "It is slow.", "slow"),
        ("größe", "Die Größe stimmt nicht", "Größe"),
        ("ende", "Wochenende", None),
        ("two words\nother", "has two words here", "two words"),
    ],
)
def test_words_are_whole_in_any_case(words, comment, found):
    hit = hit_of(rule(looks_for=words, place="comment"), evidence(comment=comment))
    assert (hit.found if hit else None) == found


def test_a_hit_has_what_stands_around_it():
    told = evidence(output="run(eval(x))\n", ideal="run(x)\n")
    hit = hit_of(rule("pattern", r"eval\("), told)
    assert (hit.before, hit.found, hit.after) == ("run(", "eval(", "x))")


def test_what_both_sides_have_is_not_found():
    told = evidence(output="eval(x)\na\n", ideal="eval(x)\nb\n")
    assert hit_of(rule(), told) is None


@pytest.mark.parametrize(("state", "is_found"), [("fixed", True), ("introduced", False)])
def test_a_finding_counts_when_it_was_fixed(state, is_found):
    finding = Finding("ruff", "PERF401", "slow", 1, 0, "output", state)
    told = evidence(findings=(finding,))
    assert bool(hit_of(rule("finding", "ruff PERF", ""), told)) is is_found
    assert hit_of(rule("finding", "ruff SIM", ""), told) is None
    assert hit_of(rule("finding", "ruff PERF", ""), evidence()) is None


@pytest.mark.parametrize(
    ("looks_for", "is_found"),
    [("emend security/weak", True), ("emend security/", True), ("emend logic/", False)],
)
def test_findings_of_our_own_rules_count_too(looks_for, is_found):
    finding = Finding("emend", "security/weak-hash", "weak", 1, 0, "output", "fixed")
    wanted = rule("finding", looks_for, "")
    check(wanted)
    assert bool(hit_of(wanted, evidence(findings=(finding,)))) is is_found


@pytest.mark.parametrize(
    ("kind", "looks_for", "fault"),
    [
        ("words", " , \n", "nothing"),
        ("pattern", " ", "nothing"),
        ("pattern", "(", "syntax"),
        ("pattern", r"(a)\1", "syntax"),
        ("pattern", "x{1000}{1000}", "syntax"),
        ("pattern", ".*", "everything"),
        ("words", "return", "everything"),
        ("pattern", "((a?){30}){30}c", "slow"),
        ("pattern", "(a?){300}c", "slow"),
        ("pattern", "((x?|y?){20}){20}z", "slow"),
        ("pattern", r"(\pL\pN){6}", "slow"),
        ("finding", "semgrep foo", "no_finding"),
        ("finding", "ruff", "no_finding"),
        ("finding", "emend weak", "no_finding"),
    ],
)
def test_what_cannot_vote_is_refused_with_its_fault(kind, looks_for, fault):
    with pytest.raises(BadRule) as error:
        check(rule(kind, looks_for, "" if kind == "finding" else "comment"))
    assert error.value.args[0] == fault


def test_an_expression_that_holds_other_engines_up_for_ever_is_quick():
    before = time.perf_counter()
    told = evidence(comment="a" * 100_000)
    assert hit_of(rule("pattern", "(a+)+$x", "comment"), told) is None
    assert time.perf_counter() - before < 5


def test_usual_rules_are_taken():
    many = ", ".join(f"word{number}" for number in range(200))
    for each in (
        rule(looks_for=many, place="comment"),
        rule("pattern", r"(?i)\bselect\b.{0,200}\+\s*\w+"),
        rule("pattern", r"(md5|sha1)\s*\(", "added"),
        rule("pattern", r"\pL+_password\s*=\s*['\"]", "removed"),
    ):
        check(each)


def test_rules_that_take_too_long_together_abstain(monkeypatch):
    """A pattern from before patterns were timed may still be stored."""
    told = evidence(comment="eval " + "a" * 50_000)
    slow = [rule("pattern", "((a?){30}){30}c", "comment", number=each) for each in range(20)]
    said = opinion(told, [*slow, rule(place="comment")])
    assert (said.category, said.reason) == (None, "The rules took too long.")
    monkeypatch.setattr("curation.rules.written.TOGETHER", 1_000)
    assert opinion(told, [slow[0], rule(place="comment")]).category == "security"


def test_most_rules_decide_and_a_tie_is_no_opinion():
    told = evidence(comment="slow eval loop")
    slow = [
        rule(looks_for=word, place="comment", category="performance") for word in ("slow", "loop")
    ]
    risky = rule(place="comment", number=3)
    said = opinion(told, [*slow, risky], 7)
    assert (said.category, said.version) == ("performance", 7)
    assert said.evidence == {"rules": [1, 1, 3]}
    assert opinion(told, [slow[0], risky]).category is None
    assert opinion(evidence(), [risky]).category is None


def test_a_rule_this_engine_does_not_take_stops_nobody():
    told = evidence(comment="eval")
    broken = rule("pattern", "(", "comment", number=2)
    assert opinion(told, [broken, rule(place="comment")]).category == "security"
