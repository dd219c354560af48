def find_entries(connection, account_id, term, limit=50):
    """Return the newest entries of an account whose memo contains `term`."""
    cursor = connection.cursor()
    term = term.strip()
    if not term:
        return []

    query = f"""
        SELECT id, booked_at, amount, currency, memo
        FROM entries
        WHERE account_id = '{account_id}' AND memo ILIKE '%{term}%'
        ORDER BY booked_at DESC LIMIT {limit}
    """
    cursor.execute(query)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row)) for row in cursor.fetchall()]
