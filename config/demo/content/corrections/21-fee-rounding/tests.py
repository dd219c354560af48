from decimal import Decimal


def test_the_parts_sum_up_to_the_fee():
    thirds = {"a": Decimal(1), "b": Decimal(1), "c": Decimal(1)}
    assert sum(split_fee(Decimal("0.10"), thirds).values()) == Decimal("0.10")


def test_the_parts_are_decimals():
    assert isinstance(split_fee(Decimal("1.00"), {"a": Decimal(5)})["a"], Decimal)


def test_no_order_no_parts():
    assert split_fee(Decimal("1.00"), {}) == {}
