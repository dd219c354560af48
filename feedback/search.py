"""Finding generations by their words: in the path, the repository, the prompt and the output.

The words are drawn out after the records are stored, never while a client waits for its answer.
"""

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Max, QuerySet

from feedback.models import GenerationWords
from governance.models import Project
from lib.words import plain_sql, start_sql, tsquery_of, vector_sql

BATCH = 500
# Ids are given out before their transactions commit, so some come late; what comes later still is
# found by `index_from(0)`
OVERLAP = 20_000
PLAIN = plain_sql("g.file_path", "g.repository", start_sql("prompt.text"), start_sql("output.text"))

FILL = f"""
INSERT INTO feedback_generationwords (generation_id, project_id, words)
SELECT said.id, said.project_id, {vector_sql("said.plain")}
  FROM (
    SELECT g.id, g.project_id, {PLAIN} AS plain
      FROM feedback_generation g
      JOIN feedback_blob prompt ON prompt.id = g.prompt_id
      JOIN feedback_blob output ON output.id = g.output_id
     WHERE g.id > %s
       AND NOT EXISTS (SELECT FROM feedback_generationwords w WHERE w.generation_id = g.id)
     ORDER BY g.id LIMIT {BATCH}
  ) AS said
ON CONFLICT DO NOTHING
"""  # noqa: S608  constants of this module


def index_newest() -> int:
    """Make the next generations findable; how many were."""
    newest = GenerationWords.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return index_from(newest - OVERLAP)


def index_from(key: int) -> int:
    """The same for those with a greater key, however late they came."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [key])
        return int(cursor.rowcount)


def found(project: Project, text: str) -> QuerySet[GenerationWords]:
    """The project's generations that have these words."""
    query = tsquery_of(text)
    rows = GenerationWords.objects.filter(project=project)
    if not query:
        return rows.none()
    return rows.filter(words=SearchQuery(query, search_type="raw", config="simple"))
