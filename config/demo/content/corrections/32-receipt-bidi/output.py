WIDTH = 24
SAMPLES = ["مقهى الزيتون", "חשבונית מס", "Café Ölbaum"]


def receipt_line(name, amount, currency):
    """One line of a receipt: the name on the left, the amount on the right."""
    # e.g. "חשבונית מס            12.50 ILS"
    cut = name.encode()[:WIDTH].decode(errors="ignore")
    return cut.ljust(WIDTH) + f"{amount:>10} {currency}"
