from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


def split_fee(fee, amounts):
    """Each merchant's part of `fee`, by their share of the order."""
    if not amounts:
        return {}

    total = sum(amounts.values())
    return {
        merchant: (fee * amount / total).quantize(CENT, ROUND_HALF_EVEN)
        for merchant, amount in amounts.items()
    }
