-- The search page filters an account's entries by the memo's language.
BEGIN;
ALTER TABLE entries ADD COLUMN memo_language text NOT NULL DEFAULT '';
UPDATE entries SET memo_language = detect_language(memo);
CREATE INDEX entries_account_language ON entries (account_id, memo_language);
DROP INDEX entries_memo_trigram;
ANALYZE entries;
COMMIT;
