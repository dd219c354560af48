import time
from types import SimpleNamespace as Some


def capture(number):
    return Some(id=number, capture_id=number)


def test_what_was_settled_is_not_open():
    settlements = [Some(lines=[capture(1)]), Some(lines=[capture(3)])]
    assert [each.id for each in open_items([capture(n) for n in (3, 2, 1, 4)], settlements)] == [2, 4]


def test_a_busy_day_takes_less_than_a_second():
    captures = [capture(number) for number in range(40_000)]
    started = time.perf_counter()
    assert open_items(captures, [Some(lines=captures)]) == []
    assert time.perf_counter() - started < 1
