from billing.collections import hand_over
from billing.mail import send_reminder

STEPS = {7: "first", 21: "second"}
LAST = 35


def remind(invoices, today):
    """Send the reminders that are due today; return how many went out."""
    sent = 0
    for invoice in invoices:
        late = (today - invoice.due).days
        if late in STEPS:
            send_reminder(invoice, STEPS[late])
            sent += 1
        elif late == LAST:
            hand_over(invoice, reason=f"unpaid for {late} days", reminders=list(STEPS.values()))
    return sent
