from curation.findings import LIMIT, Remark, compare, shortened


def remark(line, rule="S301", message="Do not", tool="ruff", column=0):
    return Remark(tool, rule, message, line, column)


def states(found):
    return [(finding.state, finding.side, finding.line) for finding in found]


def test_what_is_gone_was_fixed():
    found = compare("a = eval(x)\n", "a = parse(x)\n", [remark(1)], [])
    assert states(found) == [("fixed", "output", 1)]


def test_what_is_new_was_introduced():
    found = compare("a\n", "a\neval(x)\n", [], [remark(2)])
    assert states(found) == [("introduced", "ideal", 2)]


def test_a_line_that_only_moved_keeps_its_finding():
    found = compare("eval(x)\n", "import json\n\neval(x)\n", [remark(1)], [remark(3)])
    assert states(found) == [("unchanged", "ideal", 3)]


def test_a_line_that_was_indented_keeps_its_finding():
    found = compare("eval(x)\n", "if ok:\n    eval(x)\n", [remark(1)], [remark(2)])
    assert states(found) == [("unchanged", "ideal", 2)]


def test_an_edited_line_may_keep_its_fault():
    found = compare("eval(x)\n", "eval(x.strip())\n", [remark(1)], [remark(1)])
    assert states(found) == [("unchanged", "ideal", 1)]


def test_one_of_two_equal_faults_fixed_is_one_fixed():
    found = compare("eval(x)\neval(x)\n", "eval(x)\n", [remark(1), remark(2)], [remark(1)])
    assert sorted(state for state, _, _ in states(found)) == ["fixed", "unchanged"]


def test_line_numbers_alone_pair_nothing():
    found = compare("eval(x)\n", "exec(y)\n", [remark(1, "S307", "a")], [remark(1, "S102", "b")])
    assert sorted(states(found)) == [("fixed", "output", 1), ("introduced", "ideal", 1)]


def test_a_finding_beyond_the_last_line_is_kept():
    assert states(compare("a", "b", [remark(9)], [])) == [("fixed", "output", 9)]


def test_of_too_many_what_changed_is_kept():
    text = "\n".join(f"f{n}()" for n in range(200))
    left = [remark(n, "E711", f"m{n}") for n in range(1, 201)]
    found = shortened(compare(text + "\neval(x)", text, [*left, remark(201)], left))
    assert len(found) == LIMIT
    assert found[0].state == "fixed"
