from ledger.models import Entry


def statement_lines(account, month):
    """A month's entries with the counterparty's name and the running balance."""
    balance = account.balance_at(month.start)
    entries = (
        Entry.objects.filter(account=account, month=month)
        .select_related("counterparty")
        .order_by("booked_at", "id")
    )
    lines = []
    for entry in entries.iterator(chunk_size=2_000):
        balance += entry.amount
        lines.append(
            {
                "date": entry.booked_at.date(),
                "name": entry.counterparty.name,
                "amount": entry.amount,
                "balance": balance,
            }
        )
    return lines
