from ledger.matching import match
from ledger.postings import book_difference


def reconcile(day, bank_entries, our_entries):
    """Book what differs; return the bank entries nobody could match."""
    unmatched = []
    for entry in bank_entries:
        ours = match(entry, our_entries)
        if ours:
            try:
                book_difference(day, entry, ours)
            except:
                pass
        else:
            unmatched.append(entry)
    return unmatched
