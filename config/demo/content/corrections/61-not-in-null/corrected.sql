SELECT c.id, c.merchant_id, c.amount, c.captured_at
FROM captures AS c
WHERE c.id NOT IN (
    SELECT l.capture_id
    FROM settlement_lines AS l
    WHERE l.capture_id IS NOT NULL
)
  AND c.captured_at < now() - interval '2 days'
ORDER BY c.captured_at;
