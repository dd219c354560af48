from types import SimpleNamespace


def mail(name="Ines", note="", number=7, base="https://pay.example.org"):
    payment = SimpleNamespace(customer_name=name, amount=5, currency="EUR", note=note, id=number)
    return payment_mail(payment, base)


def test_a_name_is_no_markup():
    assert "<script>" not in mail(name=TEST_NAME)


def test_a_note_is_no_markup():
    assert "<img" not in mail(note="<img src=x>")


def test_a_link_stays_one():
    assert "onclick" not in mail(number="7' onclick='go()").replace("%20onclick", "")
