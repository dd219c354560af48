FIND = """
    SELECT id, booked_at, amount, currency, memo
    FROM entries
    WHERE account_id = %s AND position(lower(%s) IN lower(memo)) > 0
    ORDER BY booked_at DESC LIMIT %s
"""


def find_entries(connection, account_id, term, limit=50):
    """Return the newest entries of an account whose memo contains `term`."""
    term = term.strip()
    if not term:
        return []

    with connection.cursor() as cursor:
        cursor.execute(FIND, (account_id, term, limit))
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row)) for row in cursor.fetchall()]
