"""Slots show the label of their example as it is now."""

from collections.abc import Sequence

from django.db import connection

# What waits shows the label as it is now. A slot that somebody is taking keeps what they see; to
# wait for it could go round, for who decides locks the slot before the example.
SHOW = """
UPDATE reviews_reviewtask AS task
   SET category_id = e.category_id, doubt = round(1000 * (1 - e.probability))::int
  FROM (SELECT id FROM reviews_reviewtask
         WHERE example_id = ANY(%s) AND state IN ('open', 'escalated', 'snoozed')
           AND kind NOT IN ('gold', 'again')
           FOR NO KEY UPDATE SKIP LOCKED) AS free,
       curation_example e
 WHERE task.id = free.id AND e.id = task.example_id
"""


def show(examples: Sequence[int]) -> None:
    """Let the waiting slots of these examples show their label."""
    with connection.cursor() as cursor:
        cursor.execute(SHOW, [list(examples)])
