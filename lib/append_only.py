"""Tables that only grow: PostgreSQL itself refuses to change or remove their rows.

The triggers stop a bug or a stolen application password, not the database's owner; that is
what the ledger's digests are for. ENABLE ALWAYS, because plain triggers are skipped when
session_replication_role is 'replica'.
"""

from django.db.migrations import RunSQL

# For an erasure (retention, a developer's request), which is a business event of its own: the verb
# that sets it (config.erasure) writes a receipt and to the ledger in the same transaction.
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
ALWAYS = "emend_refuse_always"
REFUSE_ALWAYS = f"""
CREATE OR REPLACE FUNCTION {ALWAYS}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(*tables: str) -> RunSQL:
    """The migration operation that makes tables append-only; only an erasure may change them."""
    return RunSQL(
        REFUSE + _triggers(tables, "emend_refuse_change"),
        "".join(
            f"DROP TRIGGER {table}_keep ON {table}; DROP TRIGGER {table}_keep_all ON {table};"
            for table in tables
        ),
    )


def final(*tables: str) -> RunSQL:
    """The operation that closes tables to erasures too: the record, and who agreed to what."""
    return RunSQL(
        REFUSE_ALWAYS + _triggers(tables, ALWAYS),
        REFUSE + _triggers(tables, "emend_refuse_change"),
    )


def unchanging(*tables: str) -> RunSQL:
    """The operation for tables whose rows are never changed, and go once they are old."""
    return RunSQL(
        REFUSE_ALWAYS + _triggers(tables, ALWAYS, "UPDATE"),
        "".join(
            f"DROP TRIGGER {table}_keep ON {table}; DROP TRIGGER {table}_keep_all ON {table};"
            for table in tables
        ),
    )


def _triggers(tables: tuple[str, ...], function: str, refused: str = "UPDATE OR DELETE") -> str:
    return "".join(
        f"CREATE OR REPLACE TRIGGER {table}_keep BEFORE {refused} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}();"
        f"CREATE OR REPLACE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep;"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep_all;"
        for table in tables
    )
