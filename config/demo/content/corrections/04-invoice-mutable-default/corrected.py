from decimal import Decimal


class Invoice:
    def __init__(self, customer, lines=(), currency="EUR"):
        self.customer = customer
        self.lines = list(lines)
        self.currency = currency

    def add_line(self, text, amount):
        self.lines.append((text, Decimal(amount)))

    def add_monthly_fee(self, plan):
        self.add_line(f"Monthly fee, {plan.name}", plan.fee)

    @property
    def total(self):
        return sum((amount for _, amount in self.lines), Decimal(0))
