def test_a_cut_name_keeps_whole_letters():
    line = receipt_line("חשבונית מס קבלה מספר שבע", 12, "ILS")
    assert "חשבונית מס קבלה מספר" in line


def test_amounts_stand_below_each_other():
    lines = [receipt_line(name, 12, "EUR") for name in ("Café Ölbaum", "Tea")]
    assert len({len(line) for line in lines}) == 1


def test_a_name_cannot_move_the_amount():
    line = receipt_line("חשבונית מס", 12, "ILS")
    assert line.index("\u2068") < line.index("\u2069") < line.index("12")
