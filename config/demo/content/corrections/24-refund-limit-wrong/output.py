from refunds.errors import NotRefundable


def check_refundable(order, amount):
    """Raise NotRefundable unless `amount` may be refunded on `order`."""
    if amount <= 0:
        raise NotRefundable(order, "the amount must be positive")
    if order.status != "captured":
        raise NotRefundable(order, f"the order is {order.status}")
    if order.refunded + amount > order.captured:
        raise NotRefundable(order, "more than was captured")
