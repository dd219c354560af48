"""One person in several tabs: a gold item is served to them once, and nobody waits for it."""

import pytest
from django.db import IntegrityError, transaction

from lib.clock import now
from reviews import probes, queue
from reviews.models import Probe, ReviewPolicy, ReviewTask
from tests.builders import make_project, make_reviewer
from tests.data.reviews.test_probes import GOLD, make_gold
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    made = make_project()
    ReviewPolicy.objects.create(project=made, gold_share=500, again_share=0)
    return made


def test_a_gold_item_is_served_once_to_a_person_who_claims_everywhere_at_once(project):
    make_gold(project)
    reviewer = make_reviewer(project)
    found = together(*[lambda: queue.claim(project, reviewer, now(), dice=GOLD)] * 6)
    assert [each for each in found if isinstance(each, Exception)] == []
    assert Probe.objects.count() == 1
    assert len({task.pk for task in found if task}) == 1


def test_two_people_get_the_same_gold_item_each_in_a_slot_of_their_own(project):
    make_gold(project)
    people = [make_reviewer(project) for _ in range(4)]
    found = together(*[lambda p=p: queue.claim(project, p, now(), dice=GOLD) for p in people])
    found += [queue.claim(project, p, now(), dice=GOLD) for p in people]  # who came too late
    slots = ReviewTask.objects.filter(kind="gold")
    assert {task.assigned_to_id for task in slots} == {person.pk for person in people}
    assert len({task.slot for task in slots}) == 4


def test_if_it_were_not_asked_under_the_lock_the_database_would_refuse(project, monkeypatch):
    """Negative control: the second slot really would be opened."""
    marked = make_gold(project)
    reviewer = make_reviewer(project)
    model = ReviewTask.objects.get(example=marked.example, slot=1)
    probes.serve(model, reviewer, "gold", now())
    assert probes.serve(model, reviewer, "gold", now()) is None
    monkeypatch.setattr(probes, "_served", lambda *_: False)
    with pytest.raises(IntegrityError, match="review_task_probe_once"), transaction.atomic():
        probes.serve(model, reviewer, "gold", now())
