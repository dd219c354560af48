"""A text that is made to keep a parser busy keeps a helper busy, and nobody who answers people."""

import os
import signal
import threading
import time

import pytest

from lib import grammars, parse_guard
from lib.clock import TooSlow
from lib.parse_guard import Guard

# The grammar of C reads it in some tenths of a second, and then takes one step of several seconds
HARD = b"x=>" * 3_000
LONG = b"x=>" * 20_000  # never comes to that step in time
# A helper whose parser takes two gigabytes
HUNGRY = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from lib import grammars, parse_guard;"
    "grammars.parsed_here = lambda *told: bytearray(2 << 30);"
    "parse_guard.answer(sys.stdin.buffer, sys.stdout.fileno())"
)
FINE = b"int a = 1;\n" * 500


@pytest.fixture
def guard():
    made = Guard()
    yield made
    if made._helper:
        made._end(made._helper)


def test_what_can_be_parsed_is_let_through_by_one_helper(guard):
    guard.check(FINE, "c", 5)
    helper = guard._helper
    guard.check(b"let a = 1;\n" * 500, "javascript", 5)
    assert guard._helper is helper


def test_a_text_that_holds_its_helper_up_ends_it_and_the_next_is_let_through(guard):
    with pytest.raises(TooSlow):
        guard.check(HARD, "c", 1)
    assert guard._helper is None
    guard.check(FINE, "c", 5)


def test_a_text_that_is_merely_long_leaves_its_helper(guard):
    with pytest.raises(TooSlow):
        guard.check(LONG, "c", 0.2)
    guard.check(FINE, "c", 5)


def test_a_helper_that_was_killed_is_replaced(guard):
    guard.check(FINE, "c", 5)
    os.kill(guard._helper.pid, signal.SIGKILL)
    guard._helper.wait()
    guard.check(FINE, "c", 5)


def test_an_answer_that_nobody_waited_for_is_not_the_next_ones(guard, monkeypatch):
    guard.check(FINE, "c", 5)

    def interrupted(helper, seconds):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parse_guard, "_heard", interrupted)
        with pytest.raises(KeyboardInterrupt):
            guard.check(FINE, "c", 5)
    with pytest.raises(TooSlow):
        guard.check(HARD, "c", 0.5)


def test_a_text_that_takes_memory_ends_the_helper_and_not_the_machine(guard, monkeypatch):
    monkeypatch.setattr(parse_guard, "PROGRAM", HUNGRY)
    with pytest.raises(TooSlow):
        guard.check(FINE, "c", 5)


def test_threads_take_turns(guard):
    late = []

    def ask():
        try:
            guard.check(FINE, "c", 5)
        except TooSlow:
            late.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not late


def test_a_child_of_ours_asks_a_helper_of_its_own(guard):
    guard.check(FINE, "c", 5)
    helper = guard._helper
    guard.forget()
    guard.check(FINE, "c", 5)
    assert guard._helper is not helper
    os.waitpid(helper.pid, 0)  # it ends, for nobody holds its input any more


def test_the_grammar_alone_does_not_keep_its_time():
    """Negative control: where a newer one does, the guard can go."""
    began = time.monotonic()
    with pytest.raises(TooSlow):
        grammars.parsed_here(HARD, "c", time.monotonic() + 1)
    assert time.monotonic() - began > 2


def test_whoever_parses_is_guarded():
    with pytest.raises(TooSlow):
        grammars.parsed(HARD, "c", time.monotonic() + 1)
    assert grammars.parsed(FINE, "c", time.monotonic() + 5).root_node.child_count == 500
