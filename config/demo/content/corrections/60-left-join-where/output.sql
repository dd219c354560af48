SELECT m.id,
       m.name,
       count(r.id) AS refunds
FROM merchants AS m
LEFT JOIN refunds AS r ON r.merchant_id = m.id
WHERE m.active
  AND r.requested_at >= date_trunc('month', now())
GROUP BY m.id, m.name
ORDER BY refunds DESC, m.name;
