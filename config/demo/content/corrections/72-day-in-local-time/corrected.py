from collections import defaultdict
from decimal import Decimal


def sums_by_day(merchant, entries):
    """What a merchant took in on each day of their own time zone."""
    sums = defaultdict(Decimal)
    for entry in entries:
        day = entry.booked_at.astimezone(merchant.time_zone).date()
        sums[day] += entry.amount
    return dict(sorted(sums.items()))
