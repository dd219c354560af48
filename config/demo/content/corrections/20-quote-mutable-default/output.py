from decimal import Decimal


class Quote:
    def __init__(self, customer, lines=[], currency="EUR"):
        self.customer = customer
        self.lines = lines
        self.currency = currency
        self.sent_at = None

    def add_line(self, text, amount, quantity=1):
        self.lines.append((text, Decimal(amount), quantity))

    @property
    def total(self):
        return sum((amount * quantity for _, amount, quantity in self.lines), Decimal(0))

    def as_rows(self):
        for text, amount, quantity in self.lines:
            yield text, quantity, f"{amount:.2f} {self.currency}"

    def send(self, mail, now):
        mail.send(self.customer.email, subject="Your quote", rows=self.as_rows())
        self.sent_at = now
