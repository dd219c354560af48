def test_two_invoices_share_no_lines():
    first, second = Invoice("ines"), Invoice("tom")
    first.add_line("Setup", "120.00")
    assert first.lines and second.lines == []


def test_lines_that_are_handed_over_stay_the_callers():
    lines = []
    Invoice("ines", lines).add_line("Setup", "120.00")
    assert lines == []


def test_the_total_counts_quantities():
    invoice = Invoice("ines", [])
    invoice.add_line("Seat", "9.50", quantity=4)
    assert str(invoice.total) == "38.00"
