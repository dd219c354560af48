WIDTH = 24
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
SAMPLES = ["مقهى الزيتون", "חשבונית מס", "Café Ölbaum"]


def receipt_line(name, amount, currency):
    """One line of a receipt: the name on the left, the amount on the right.

    The name is isolated, so that its direction does not move the amount: "חשבונית מס" stays left.
    """
    cut = name[:WIDTH]
    padding = " " * (WIDTH - len(cut))
    return f"{FIRST_STRONG_ISOLATE}{cut}{POP_ISOLATE}{padding}{amount:>10} {currency}"
