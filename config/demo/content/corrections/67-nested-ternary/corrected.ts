import type { Payment } from "../types";

/** What the customer reads about a payment. */
export function statusText(payment: Payment): string {
  if (payment.refunded) {
    return payment.refunded === payment.amount ? "Refunded" : "Partly refunded";
  }
  if (payment.disputed) return "Disputed";
  if (payment.captured) return "Paid";
  return payment.expiresAt < Date.now() ? "Expired" : "Waiting for your bank";
}
