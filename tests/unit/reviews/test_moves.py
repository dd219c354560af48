"""Blocks that moved are recognised, and nothing else is."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.alignment import Alignment
from reviews.diffing import diff

ONE = ["def first(a):", "    x = compute(a)", "    return x", ""]
TWO = ["def second(bb):", "    log('second', bb)", "    return store(bb)", ""]
THREE = ["def third():", "    return Nothing_to_see_here", ""]


def moves(old, new):
    return [(move.old, move.new) for move in Alignment(old, new).moves]


def test_a_function_that_moved_is_one_block():
    assert moves(ONE + TWO + THREE, TWO + THREE + ONE) == [(range(0, 3), range(7, 10))]


def test_a_block_that_was_indented_on_its_way_has_moved():
    inside = ["class C:", *("    " + line for line in ONE)]
    found = moves(ONE + TWO + THREE, TWO + THREE + inside)
    assert [len(old) for old, _ in found] == [3]


def test_lines_that_say_little_do_not_move():
    assert moves(["}", "", *TWO], [*TWO, "}", ""]) == []
    assert moves(["x = 1", *TWO], [*TWO, "x = 1"]) == []


def test_where_a_line_came_from_is_never_guessed():
    line = "a_line_that_says_enough_but_stands_twice = 1"
    assert moves([line, *TWO, line, *THREE], [*TWO, *THREE, line + " ", line]) == []


def test_a_moved_line_is_never_paired_with_another_one():
    old, new = [*ONE, *TWO, *THREE], [*TWO, "def fourth(a):", *THREE, *ONE]
    kinds = {pair.kind for pair in Alignment(old, new).pairs if pair.old in range(3)}
    assert kinds == {"moved"}


def test_both_ends_of_a_move_lead_to_each_other_and_count_neither_as_lost_nor_as_new():
    found = diff("\n".join(ONE + TWO + THREE), "\n".join(TWO + THREE + ONE))
    rows = [row for hunk in found.hunks for row in hunk.rows]
    went, came = (
        next(end for row in rows if (end := getattr(row, name))) for name in ("went", "came")
    )
    assert (went.anchor, went.lines, came.anchor, came.lines) == ("ideal-8", 3, "output-1", 3)
    assert found.moved == 3
    signs = {cell.sign for row in rows for cell in (row.left, row.right) if cell}
    assert {"→", "←"} <= signs
    assert (found.removed, found.added) == (1, 1)


LINES = st.lists(st.sampled_from(["", "}", "short", *ONE, *TWO, *THREE]), max_size=30)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_blocks_are_equal_disjoint_and_among_the_lines_that_answer_nothing(old, new):
    alignment = Alignment(old, new)
    lost = [pair.old for pair in alignment.pairs if pair.kind == "moved" and pair.old is not None]
    came = [pair.new for pair in alignment.pairs if pair.kind == "moved" and pair.new is not None]
    assert lost == sorted(at for move in alignment.moves for at in move.old)
    assert came == sorted(at for move in alignment.moves for at in move.new)
    for move in alignment.moves:
        pairs = zip(move.old, move.new, strict=True)
        assert all(old[i].split() == new[j].split() for i, j in pairs)


def test_hostile_texts_take_less_than_two_seconds():
    signs = ["(" * n for n in range(1, 3_000)]
    plenty = [f"line number {n} of very many" for n in range(20_000)]
    wide = ["word " * 200 + str(n) for n in range(2_500)]
    for old, new in [(signs, signs[::-1]), (plenty, plenty[::-1]), (["x " * 500], wide)]:
        before = time.process_time()
        Alignment(old, new)
        assert time.process_time() - before < 2
