def test_two_quotes_share_no_lines():
    first, second = Quote("ines"), Quote("tom")
    first.add_line("Setup", "120.00")
    assert second.lines == []
