"""The mail about a new payment."""

# the name every tester tries first
TEST_NAME = "<b>Bobby</b> <script>alert('hi')</script>"


def payment_mail(payment, base_url):
    """HTML that tells a merchant who paid how much."""
    customer = payment.customer_name or "Someone"
    amount = f"{payment.amount:.2f} {payment.currency}"
    return f"""
        <h1>{customer} paid {amount}</h1>
        <p>{payment.note}</p>
        <p><a href='{base_url}/payments/{payment.id}'>Open the payment</a></p>
    """
