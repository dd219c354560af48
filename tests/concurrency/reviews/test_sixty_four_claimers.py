"""Sixty-four people and a hundred thousand slots: nobody gets what somebody else has."""

from collections import Counter

import pytest
from django.db import connection

from lib.clock import now
from reviews import queue, rows, verdicts
from reviews.models import ReviewTask
from reviews.queue import lease_of
from tests.builders import make_project, make_reviewer
from tests.race import together
from tests.reviews_builders import make_examples

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PEOPLE, EXAMPLES, SLOTS, EACH = 64, 11_112, 9, 10

# Nine slots an example: as many as a policy may ask for, and a hundred thousand rows soon
FILL = """
INSERT INTO reviews_reviewtask (project_id, example_id, slot, kind, state, opened_at, is_escalated,
    lease_epoch, urgency, category_id, severity, language, repository, model_name, file_path,
    developer)
SELECT project_id, id, slot, 'plain', 'open', now(), false, 0, id %% 997, category_id, severity,
    language, repository, model_name, file_path, developer
  FROM curation_example, generate_series(1, %s) AS slot WHERE project_id = %s
"""


def fill(project):
    for _ in range(4):
        make_examples(project, EXAMPLES // 4, voted=False)
    with connection.cursor() as cursor:
        cursor.execute(FILL, [SLOTS, project.pk])
        cursor.execute("ANALYZE reviews_reviewtask")
    assert ReviewTask.objects.count() >= 100_000


def takes(project, person, how_many):
    """What one person got: two ahead of what is in their hands, as a browser asks for."""
    got = []
    while len(got) < how_many:
        task = queue.claim(project, person, now())
        ahead = queue.claim_ahead(project, person, now())
        held = (task, *ahead)
        assert len({each.example_id for each in held}) == len(held)
        got += [each.pk for each in held]
        for each in held:
            verdicts.escalate(each, lease_of(each), now())
    return got


def takes_unlocked(project, person):
    """Negative control: read, then write."""
    task = rows.waiting(project).first()
    lease = queue.fresh_lease(task, person, now())
    ReviewTask.objects.filter(pk=task.pk).update(state="leased", **lease)
    return task.pk


def test_sixty_four_claimers_of_a_hundred_thousand_slots_never_share_one():
    project = make_project()
    fill(project)
    people = [make_reviewer(project) for _ in range(PEOPLE)]
    found = together(*[lambda each=each: takes(project, each, EACH) for each in people])
    assert all(isinstance(got, list) for got in found), found
    slots = Counter(slot for got in found for slot in got)
    assert len(slots) >= PEOPLE * EACH
    assert set(slots.values()) == {1}
    assert set(ReviewTask.objects.exclude(state="open").values_list("lease_epoch", flat=True)) == {
        1
    }
    picked = together(*[lambda each=each: takes_unlocked(project, each) for each in people])
    assert max(Counter(picked).values()) > 1
