def split_fee(fee, amounts):
    """Each merchant's part of `fee`, by their share of the order."""
    if not amounts:
        return {}

    total = sum(amounts.values())
    return {
        merchant: round(float(fee) * float(amount) / float(total), 2)
        for merchant, amount in amounts.items()
    }
