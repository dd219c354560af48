SELECT c.id, c.merchant_id, c.amount, c.captured_at
FROM captures AS c
WHERE NOT EXISTS (
    SELECT 1
    FROM settlement_lines AS l
    WHERE l.capture_id = c.id
)
  AND c.captured_at < now() - interval '2 days'
ORDER BY c.captured_at;
