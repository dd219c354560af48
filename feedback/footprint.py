"""What a project's events weigh in each capture style, measured on what is stored.

Event-driven is the row without its texts and free fields. Structured is the row with every text it
speaks of in it, each time. Hybrid, which is how Emend stores, is the row, and each text once. Bytes
are those of values as PostgreSQL holds them, compressed where it compresses; pages and indexes are
not in them. Foreign clients' originals are kept besides, and counted apart: of what says nothing of
a generation, waits for one or is in quarantine, they are all there is.
"""

from dataclasses import dataclass

from django.db import connection

from governance.models import Project

OWN = "api"  # what came through our own API has no original
MEASURE = """
WITH said AS (
    SELECT 'generation' AS type, g.client_id, pg_column_size(g.*) AS whole,
           pg_column_size(g.extra) AS free, ARRAY[g.prompt_id, g.output_id] AS texts
      FROM feedback_generation g WHERE g.project_id = %(project)s
    UNION ALL
    SELECT 'reaction', r.client_id, pg_column_size(r.*),
           pg_column_size(r.extra) + pg_column_size(r.comment), ARRAY[g.prompt_id, g.output_id]
      FROM feedback_reaction r JOIN feedback_generation g ON g.id = r.generation_id
     WHERE r.project_id = %(project)s
    UNION ALL
    SELECT 'correction', c.client_id, pg_column_size(c.*),
           pg_column_size(c.extra) + pg_column_size(c.comment),
           ARRAY[g.prompt_id, g.output_id, c.corrected_id]
      FROM feedback_correction c JOIN feedback_generation g ON g.id = c.generation_id
     WHERE c.project_id = %(project)s
), told AS (
    SELECT said.*, coalesce((
        SELECT o.client FROM feedback_derived d JOIN feedback_original o ON o.id = d.original_id
         WHERE d.project_id = %(project)s AND d.type = said.type AND d.client_id = said.client_id
         ORDER BY o.id LIMIT 1), %(own)s) AS client
      FROM said
), weighed AS (
    SELECT t.client, b.id, pg_column_size(b.text) AS bytes
      FROM told t CROSS JOIN unnest(t.texts) AS named (id) JOIN feedback_blob b ON b.id = named.id
), texts AS (
    SELECT client, sum(bytes) AS each_time FROM weighed GROUP BY client
), once AS (
    SELECT client, sum(bytes) AS once
      FROM (SELECT DISTINCT client, id, bytes FROM weighed) AS distinct_texts GROUP BY client
), sent AS (
    SELECT client, count(*) AS originals, sum(pg_column_size(body)) AS bytes
      FROM feedback_original WHERE project_id = %(project)s GROUP BY client
), rows AS (
    SELECT client, count(*) AS events, sum(whole) AS whole, sum(free) AS free
      FROM told GROUP BY client
)
SELECT client, coalesce(rows.events, 0), coalesce(rows.whole - rows.free, 0),
       coalesce(rows.whole + texts.each_time, 0), coalesce(rows.whole + once.once, 0),
       coalesce(sent.originals, 0), coalesce(sent.bytes, 0)
  FROM rows JOIN texts USING (client) JOIN once USING (client) FULL JOIN sent USING (client)
 ORDER BY client
"""


@dataclass(frozen=True)
class Footprint:
    """What a client's events weigh together, in bytes."""

    client: str
    events: int  # generations, reactions and corrections
    event_driven: int
    structured: int
    hybrid: int
    originals: int  # how many are kept in the client's own words
    original_bytes: int

    def each(self, total: int) -> int | None:
        """A total as bytes per event; None where there are no events."""
        return round(total / self.events) if self.events else None


def footprints(project: Project) -> list[Footprint]:
    """Each client that reported to the project; reads all of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(MEASURE, {"project": project.pk, "own": OWN})
        return [Footprint(client, *map(int, rest)) for client, *rest in cursor.fetchall()]
