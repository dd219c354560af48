from ledger.models import Account, Entry


def statement_lines(account, month):
    """A month's entries with the counterparty's name and the running balance."""
    balance = account.balance_at(month.start)
    lines = []
    for entry in Entry.objects.filter(account=account, month=month).order_by("booked_at"):
        counterparty = Account.objects.get(pk=entry.counterparty_id)
        balance += entry.amount
        lines.append(
            {
                "date": entry.booked_at.date(),
                "name": counterparty.name,
                "amount": entry.amount,
                "balance": balance,
            }
        )
    return lines
