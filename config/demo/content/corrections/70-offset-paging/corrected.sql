-- The entries of an account after the one a page ended with, newest first.
-- Index: entries (account_id, booked_at DESC, id DESC).
SELECT id, booked_at, amount, currency, memo
FROM entries
WHERE account_id = :account
  AND (booked_at, id) < (:last_booked_at, :last_id)
ORDER BY booked_at DESC, id DESC
LIMIT :size;
