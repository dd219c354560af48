"""Tables that not even an erasure may empty, emptied by their owner: tests begin from nothing."""

from contextlib import contextmanager

from django.db import connection

from lib.append_only import ALWAYS, ERASING

GUARDS = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger
  JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = %s ORDER BY 1, 2
"""


@contextmanager
def may_empty(*tables):
    """Let this connection truncate append-only tables: those named, or all of them."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDS, [ALWAYS])
        guards = [each for each in cursor.fetchall() if not tables or each[0] in tables]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a check that waits forbids ALTER TABLE
        cursor.execute(f"SET {ERASING} = 'yes'")
        cursor.execute("".join(f"ALTER TABLE {t} DISABLE TRIGGER {g};" for t, g in guards))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "".join(f"ALTER TABLE {t} ENABLE ALWAYS TRIGGER {g};" for t, g in guards)
            )
            cursor.execute(f"RESET {ERASING}")
