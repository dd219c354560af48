-- One page of an account's entries, newest first.
SELECT id, booked_at, amount, currency, memo
FROM entries
WHERE account_id = :account
ORDER BY booked_at DESC
LIMIT :size
OFFSET (:page - 1) * :size;
