from collections import defaultdict
from decimal import Decimal


def sums_by_day(merchant, entries):
    """What a merchant took in on each day."""
    sums = defaultdict(Decimal)
    for entry in entries:
        sums[entry.booked_at.date()] += entry.amount
    return dict(sorted(sums.items()))
