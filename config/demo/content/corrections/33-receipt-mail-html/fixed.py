"""The mail about a new payment."""

from html import escape
from urllib.parse import quote

# the name every tester tries first
TEST_NAME = "<b>Bobby</b> <script>alert('hi')</script>"


def payment_mail(payment, base_url):
    """HTML that tells a merchant who paid how much; `base_url` is ours and starts with https."""
    if not base_url.startswith("https://"):
        raise ValueError(f"not a link we may send: {base_url}")
    customer = escape(payment.customer_name or "Someone")
    amount = escape(f"{payment.amount:.2f} {payment.currency}")
    link = escape(f"{base_url}/payments/{quote(str(payment.id), safe='')}")
    return f"""
        <h1>{customer} paid {amount}</h1>
        <p>{escape(payment.note)}</p>
        <p><a href="{link}">Open the payment</a></p>
    """
