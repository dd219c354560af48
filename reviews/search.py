"""Finding items by their words: prose and code, a phrase where signs hold words together."""

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import QuerySet

from governance.models import Project
from lib.words import plain_sql, start_sql, tsquery_of, vector_sql
from reviews.models import SearchText

BATCH = 500
TEXTS = map(start_sql, ("c.comment", "prompt.text", "output.text", "ideal.text"))

FILL = f"""
INSERT INTO reviews_searchtext (example_id, project_id, words)
SELECT said.id, said.project_id, {vector_sql("said.plain")}
  FROM (
    SELECT e.id, e.project_id, {plain_sql("e.file_path", "e.repository", *TEXTS)} AS plain
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


def found(project: Project, text: str) -> QuerySet[SearchText]:
    """The project's examples that have these words."""
    query = tsquery_of(text)
    rows = SearchText.objects.filter(project=project)
    if not query:
        return rows.none()
    return rows.filter(words=SearchQuery(query, search_type="raw", config="simple"))
