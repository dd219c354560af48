"""One key in two tabs at the same moment: one decision, and the other is refused in words."""

from uuid import uuid4

import pytest
from django.db import IntegrityError

from lib.clock import now
from reviews import queue, verdicts
from reviews.models import ReviewTask, Verdict
from reviews.queue import lease_of
from tests.builders import make_project, make_reviewer
from tests.race import together
from tests.reviews_builders import make_tasks

pytestmark = pytest.mark.django_db(transaction=True)


def two_at_once(monkeypatch):
    """Both have asked whether the key is used before either has stored anything."""
    project = make_project()
    reviewer, key = make_reviewer(project), uuid4()
    held = [queue.claim_task(task, reviewer, now()) for task in make_tasks(project, 2)]
    monkeypatch.setattr(verdicts, "_given_with", lambda *_: None)
    calls = [lambda t=task: verdicts.unsure(t, lease_of(t), now(), key=key) for task in held]
    return together(*calls)


def test_two_slots_decided_at_once_with_one_key(monkeypatch):
    found = two_at_once(monkeypatch)
    assert sorted(type(each).__name__ for each in found) == ["KeyReused", "Verdict"]
    assert Verdict.objects.count() == 1
    assert sorted(ReviewTask.objects.filter(kind="plain").values_list("state", flat=True)) == [
        "decided",
        "leased",
    ]


def test_stored_without_care_the_second_one_fails(monkeypatch):
    """Negative control: the database's refusal reaches the caller."""
    monkeypatch.setattr(verdicts, "_store", lambda verdict: verdict.save(force_insert=True))
    found = two_at_once(monkeypatch)
    assert sum(isinstance(each, IntegrityError) for each in found) == 1
