"""The bucket's sums, without a clock and without Redis."""

import pytest

from feedback.limits import Bucket, Limit, drawn

LIMIT = Limit(rate=10, burst=100)


@pytest.mark.parametrize(
    ("held", "cost", "let_in", "left"),
    [
        (None, 60, True, 40),  # a new key has it all
        (Bucket(40, at=0), 41, False, 40),  # refusing draws nothing
        (Bucket(40, at=-1), 50, True, 0),  # refilled at the rate
        (Bucket(40, at=-1000), 100, True, 0),  # and no further than the burst
        (Bucket(100, at=0), 250, True, -150),  # more than it ever holds: taken, with a debt
        (Bucket(99, at=0), 250, False, 99),  # but only when it is full
        (Bucket(-150, at=-14), 1, False, -10),  # a debt is paid before anything else
        (Bucket(5, at=9), 1, True, 4),  # a clock that went back takes nothing away
    ],
)
def test_records_are_drawn_while_there_are_some(held, cost, let_in, left):
    told, bucket = drawn(held, cost, LIMIT, 0.0, refusable=True)
    assert (told, bucket.left) == (let_in, left)


@pytest.mark.parametrize(("left", "after"), [(100, 40), (30, 0), (-20, -20)])
def test_who_may_not_be_refused_takes_what_there_is_and_owes_nothing(left, after):
    told, bucket = drawn(Bucket(left, at=0), 60, LIMIT, 0.0, refusable=False)
    assert (told, bucket.left) == (True, after)
