"""The interval of a share, against published values."""

import pytest

from lib.wilson import wilson


@pytest.mark.parametrize(
    ("accepted", "shown", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_the_interval_is_the_published_one(accepted, shown, low, high):
    assert wilson(accepted, shown) == pytest.approx((low, high), abs=0.00005)


def test_it_stays_between_nothing_and_all():
    for shown in range(1, 60):
        for accepted in range(shown + 1):
            low, high = wilson(accepted, shown)
            assert 0 <= low <= accepted / shown <= high <= 1
