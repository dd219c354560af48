import random
import time

import pytest

from reviews.alignment import align, changed_blanks, changed_words, common, other_indents


def texts(seed):
    """Two texts that share some lines, with repeats, blanks and other indentation."""
    chance = random.Random(seed)
    words = ["", "}", "x = 1", "return x", "  pad", "call(a, b)", f"only {seed}"]
    old = [chance.choice(words) for _ in range(chance.randrange(25))]
    new = list(old)
    for _ in range(chance.randrange(8)):
        at = chance.randrange(len(new) + 1)
        new[at : at + chance.randrange(3)] = [
            " " * chance.randrange(5) + chance.choice(words) for _ in range(chance.randrange(3))
        ]
    return old, new


@pytest.mark.parametrize("seed", range(300))
def test_every_line_of_both_sides_appears_once_and_in_order(seed):
    old, new = texts(seed)
    pairs = align(old, new)
    assert [pair.old for pair in pairs if pair.old is not None] == list(range(len(old)))
    assert [pair.new for pair in pairs if pair.new is not None] == list(range(len(new)))
    for pair in pairs:
        if pair.kind == "same":
            assert old[pair.old] == new[pair.new]
        if pair.kind == "space":
            assert old[pair.old] != new[pair.new]
            assert old[pair.old].split() == new[pair.new].split()


@pytest.mark.parametrize("seed", range(300))
def test_what_is_matched_is_equal_and_ascends(seed):
    chance = random.Random(seed)
    old, new = ([chance.randrange(4) for _ in range(chance.randrange(20))] for _ in range(2))
    pairs = common(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in zip(pairs, pairs[1:], strict=False))


@pytest.mark.parametrize("seed", range(100))
def test_without_unique_elements_the_match_is_the_longest_there_is(seed):
    chance = random.Random(seed)
    old, new = ([chance.choice("ab") for _ in range(12)] * 2 for _ in range(2))
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            longest[i + 1][j + 1] = max(
                longest[i][j + 1], longest[i + 1][j], longest[i][j] + (one == other)
            )
    assert len(common(old, new)) == longest[-1][-1]


def kinds(old, new):
    return [(pair.old, pair.new, pair.kind) for pair in align(old, new)]


def test_an_edited_line_is_one_row_and_new_lines_have_empty_answers():
    old = ["if a == 1:", "    go()"]
    new = ["if a != 1:", "    log()", "    wait()", "    go()"]
    assert kinds(old, new) == [
        (0, 0, "changed"),
        (None, 1, "apart"),
        (None, 2, "apart"),
        (1, 3, "same"),
    ]


def test_a_line_that_only_moved_in_is_the_same_line():
    assert kinds(["try:", "  go()"], ["try:", "      go()"]) == [(0, 0, "same"), (1, 1, "space")]


def test_lines_that_share_little_stand_side_by_side_without_marks():
    assert kinds(["return None"], ["raise Broken(order)"]) == [(0, 0, "apart")]


@pytest.mark.parametrize(("old", "new"), [([], []), ([], ["a"]), (["a"], [])])
def test_empty_sides(old, new):
    assert len(align(old, new)) == len(old or new)


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("if a == 1:", "if a != 1:", ["=="], ["!="]),
        ("f(float(total))", "f(str(total))", ["float"], ["str"]),
        ("    x = 1", "    y = 1", ["x"], ["y"]),
        ("a b c", "a x y c", ["b"], ["x y"]),
        ("one two", "three four", [], []),
        ("w = 1.5", "w = 1.25", ["1.5"], ["1.25"]),
        ("a <=> b", "a ?? b", ["<=>"], ["??"]),
        ("x **= 2", "x *= 2", ["**="], ["*="]),
        ("a.b()", "a?.b()", ["."], ["?."]),
        ("", "", [], []),
    ],
)
def test_only_the_words_that_changed_are_marked(old, new, left, right):
    marks = changed_words(old, new)
    assert [old[slice(*each)] for each in marks[0]] == left
    assert [new[slice(*each)] for each in marks[1]] == right


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("\tx", "    x", ["\t"], ["    "]),
        ("x =  1", "x = 1", ["  "], [" "]),
        ("x = 1", "x=1  ", [" ", " "], ["  "]),
        ("f(a,b)", "f(a, b)", [], [" "]),
    ],
)
def test_the_blanks_that_differ_are_marked_where_only_they_do(old, new, left, right):
    marks = changed_blanks(old, new)
    assert [old[slice(*each)] for each in marks[0]] == left
    assert [new[slice(*each)] for each in marks[1]] == right


def test_tabs_against_spaces_are_marked_also_where_words_changed():
    assert other_indents("\tx = 1", "    x = 2") == ([(0, 1)], [(0, 4)])
    assert other_indents("    x = 1", "  x = 2") == ([], [])


HOSTILE = {
    "repeats": (["x", "y"] * 2500, ["y", "x", "x"] * 1700),
    "nothing in common": ([f"a{n}" for n in range(5000)], [f"b{n}" for n in range(5000)]),
    "few words": (["a b", "b a", "c"] * 1700, ["c", "a b", "b a", "d"] * 1250),
    "blank": ([""] * 5000 + ["end"], ["start"] + [""] * 5000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_five_thousand_lines_take_less_than_two_seconds(name):
    old, new = HOSTILE[name]
    before = time.process_time()
    pairs = align(old, new)
    assert time.process_time() - before < 2
    assert sum(pair.old is not None for pair in pairs) == len(old)
