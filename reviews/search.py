"""Finding items by their words: prose and code, a phrase where signs hold words together."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import QuerySet

from governance.models import Project
from reviews.models import SearchText

BATCH = 500
# Of each text: four of them, in letters of four bytes, whole and once more by their parts, stay
# below the megabyte that a tsvector may hold; one text that does not would stop the indexing
MOST_CHARACTERS = 30_000
MOST_WORDS = 30
CAMEL = r"([[:lower:][:digit:]])([[:upper:]])"

# Signs are what code is written with and what PostgreSQL's parser guesses at (hosts, addresses):
# only letters and digits count, and identifiers are found whole and by their parts.
FILL = f"""
INSERT INTO reviews_searchtext (example_id, project_id, words)
SELECT said.id, said.project_id,
       to_tsvector('simple', said.plain)
       || to_tsvector('simple', regexp_replace(said.plain, '{CAMEL}', '\\1 \\2', 'g'))
  FROM (
    SELECT e.id, e.project_id, regexp_replace(concat_ws(' ', e.file_path, e.repository,
               left(c.comment, {MOST_CHARACTERS}), left(prompt.text, {MOST_CHARACTERS}),
               left(output.text, {MOST_CHARACTERS}), left(ideal.text, {MOST_CHARACTERS})),
               '[^[:alnum:]]+', ' ', 'g') AS plain
      FROM curation_example e
      JOIN feedback_correction c ON c.id = e.correction_id
      JOIN feedback_blob prompt ON prompt.id = e.prompt_id
      JOIN feedback_blob output ON output.id = e.output_id
      JOIN feedback_blob ideal ON ideal.id = e.ideal_id
     WHERE NOT EXISTS (SELECT FROM reviews_searchtext s WHERE s.example_id = e.id)
     ORDER BY e.id LIMIT {BATCH}
  ) AS said
ON CONFLICT DO NOTHING
"""  # noqa: S608  constants of this module


def index_waiting() -> int:
    """Make the next examples findable; how many were."""
    with connection.cursor() as cursor:
        cursor.execute(FILL)
        return int(cursor.rowcount)


def tsquery_of(text: str) -> str:
    """What people type as a PostgreSQL query: every word, the last letters may be missing. Pure.

    `"two words"` and `open(path)` are phrases; the empty string finds nothing.
    """
    phrases = re.findall(r'"([^"]*)"|(\S+)', text)
    asked = [re.findall(r"[^\W_]+", quoted or plain) for quoted, plain in phrases]
    terms = [
        " <-> ".join([*words[:-1], words[-1] if quoted else f"{words[-1]}:*"])
        for words, (quoted, _) in zip(asked, phrases, strict=True)
        if words
    ]
    return " & ".join(f"({term})" for term in terms[:MOST_WORDS])


def found(project: Project, text: str) -> QuerySet[SearchText]:
    """The project's examples that have these words."""
    query = tsquery_of(text[:500])
    rows = SearchText.objects.filter(project=project)
    if not query:
        return rows.none()
    return rows.filter(words=SearchQuery(query, search_type="raw", config="simple"))
