import type { Payment } from "../types";

/** What the customer reads about a payment. */
export function statusText(payment: Payment): string {
  return payment.refunded
    ? payment.refunded === payment.amount
      ? "Refunded" : "Partly refunded"
    : payment.disputed ? "Disputed"
      : payment.captured
        ? "Paid"
        : payment.expiresAt < Date.now() ? "Expired" : "Waiting for your bank";
}
