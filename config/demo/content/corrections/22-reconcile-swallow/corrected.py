import logging

from ledger.matching import match
from ledger.postings import BookingRefused, book_difference

logger = logging.getLogger(__name__)


def reconcile(day, bank_entries, our_entries):
    """Book what differs; return the bank entries that nobody could match or book."""
    unmatched = []
    for entry in bank_entries:
        ours = match(entry, our_entries)
        if ours is None:
            unmatched.append(entry)
            continue
        try:
            book_difference(day, entry, ours)
        except BookingRefused:
            logger.exception("day %s: entry %s was not booked", day, entry.id)
            unmatched.append(entry)
    return unmatched
