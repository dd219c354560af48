from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")


def split_fee(fee, amounts):
    """Each merchant's part of `fee`, by their share of the order; the parts sum up to `fee`."""
    if not amounts:
        return {}

    total = sum(amounts.values())
    parts = {
        merchant: (fee * amount / total).quantize(CENT, ROUND_DOWN)
        for merchant, amount in amounts.items()
    }
    last = list(parts)[-1]
    parts[last] += fee - sum(parts.values())
    return parts
