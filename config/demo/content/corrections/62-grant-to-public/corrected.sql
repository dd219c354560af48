-- The reporting tool signs in as "reporting".
CREATE ROLE reporting LOGIN;
GRANT USAGE ON SCHEMA ledger TO reporting;
GRANT SELECT ON ledger.turnover, ledger.refunds, ledger.payouts TO reporting;
ALTER ROLE reporting SET default_transaction_read_only = on;
