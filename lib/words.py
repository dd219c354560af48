"""Code and prose as the words they are found by, and what people type as a query for them.

Signs are what code is written with and what PostgreSQL's parser guesses at (hosts, addresses):
only letters and digits count, and identifiers are found whole and by their parts.
"""

import re

# Of each text: four of them, in letters of four bytes, whole and once more by their parts, stay
# below the megabyte that a tsvector may hold; one text that does not would stop the indexing
MOST_CHARACTERS = 30_000
MOST_WORDS = 30
MOST_TYPED = 500  # characters of a query
CAMEL = r"([[:lower:][:digit:]])([[:upper:]])"


def plain_sql(*columns: str) -> str:
    """SQL for the words of these columns, signs left out; write long ones as `start_sql`."""
    return f"regexp_replace(concat_ws(' ', {', '.join(columns)}), '[^[:alnum:]]+', ' ', 'g')"


def start_sql(column: str) -> str:
    """SQL for as much of a column as can be found."""
    return f"left({column}, {MOST_CHARACTERS})"


def vector_sql(plain: str) -> str:
    """SQL for the tsvector of what `plain_sql` made."""
    parts = f"regexp_replace({plain}, '{CAMEL}', '\\1 \\2', 'g')"
    return f"to_tsvector('simple', {plain}) || to_tsvector('simple', {parts})"


def tsquery_of(text: str) -> str:
    """What people type as a PostgreSQL query: every word, the last letters may be missing. Pure.

    `"two words"` and `open(path)` are phrases; the empty string finds nothing.
    """
    phrases = re.findall(r'"([^"]*)"|(\S+)', text[:MOST_TYPED])
    asked = [re.findall(r"[^\W_]+", quoted or plain) for quoted, plain in phrases]
    terms = [
        " <-> ".join([*words[:-1], words[-1] if quoted else f"{words[-1]}:*"])
        for words, (quoted, _) in zip(asked, phrases, strict=True)
        if words
    ]
    return " & ".join(f"({term})" for term in terms[:MOST_WORDS])
