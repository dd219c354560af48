"""Tables that only grow: PostgreSQL itself refuses to change or remove their rows.

The triggers stop a bug or a stolen application password, not the database's owner; that is
what the ledger's digests are for. ENABLE ALWAYS, because plain triggers are skipped when
session_replication_role is 'replica'.
"""

from django.db.migrations import RunSQL

# For an erasure (retention, a developer's request), which is a business event of its own. Nothing
# but tests sets it yet; the verb that does will write to the ledger why, in the same transaction.
ERASING = "emend.erasing"

REFUSE = f"""
CREATE OR REPLACE FUNCTION emend_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('{ERASING}', true) = 'yes' THEN
        RETURN CASE WHEN TG_LEVEL = 'STATEMENT' THEN NULL
                    WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(*tables: str) -> RunSQL:
    """The migration operation that makes tables append-only."""
    forward = [REFUSE]
    backward = []
    for table in tables:
        forward.append(
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION emend_refuse_change();"
            f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION emend_refuse_change();"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep;"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep_all;"
        )
        backward.append(
            f"DROP TRIGGER {table}_keep ON {table}; DROP TRIGGER {table}_keep_all ON {table};"
        )
    return RunSQL("".join(forward), "".join(backward))
