"""Batches of postings for the nightly statement run."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Batch:
    """What one run of the statement printer is given."""

    account: str
    rows: list = field(default_factory=list)
    cents: int = 0

    @property
    def is_empty(self):
        return not self.rows


def total(rows):
    """Debits less credits, in cents; a reversal counts the other way round."""
    cents = 0
    for row in rows:
        sign = -1 if row.is_reversal else 1
        cents += sign * (row.debit_cents - row.credit_cents)
    return cents


def build_batches(postings, size=500):
    """Postings of one account stay together, in batches of at most `size`."""
    by_account = defaultdict(list)
    for posting in postings:
        by_account[posting.account].append(posting)
    for account in sorted(by_account):
        rows = by_account[account]
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            batch = Batch(account=account, rows=chunk, cents=total(chunk))
            yield batch


def by_currency(batches):
    found = {}
    for batch in batches:
        found.setdefault(batch.rows[0].currency, []).append(batch)
    return {
        "currencies": sorted(found),
        "batches": found,
        "count": sum(len(each) for each in found.values()),
    }
