-- The search page filters an account's entries by the memo's language.
-- Runs outside a transaction; the language of old memos is filled in batches by a job.
SET lock_timeout = '4s';
ALTER TABLE entries ADD COLUMN memo_language text NOT NULL DEFAULT '';
CREATE INDEX CONCURRENTLY entries_account_language ON entries (account_id, memo_language);
DROP INDEX CONCURRENTLY entries_memo_trigram;
