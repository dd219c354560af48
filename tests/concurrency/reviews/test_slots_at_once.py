"""A policy changes while somebody decides: no slot is opened for an example that is decided."""

import pytest

from curation.models import Example
from lib.clock import now
from reviews import aftermath, queue, slots, verdicts
from reviews.models import ReviewPolicy, ReviewTask
from reviews.queue import lease_of
from tests.builders import make_project, make_reviewer
from tests.race import Gate, Run
from tests.reviews_builders import make_examples

pytestmark = pytest.mark.django_db(transaction=True)


def decided_while_the_policy_is_followed(monkeypatch):
    """How many slots wait for the example that a verdict, held before its commit, decides."""
    project = make_project()
    policy = ReviewPolicy.objects.create(project=project)
    example = make_examples(project, 1)[0]
    slots.open_tasks(now())
    reviewer, gate = make_reviewer(project), Gate()
    task = queue.claim(project, reviewer, now())
    monkeypatch.setattr(aftermath, "of_verdict", gate.before(aftermath.of_verdict))
    said = {"reason": "trivial"}
    deciding = Run(lambda: verdicts.reject(task, lease_of(task), now(), **said))
    gate.wait_until_reached()
    policy.overlap = 2
    policy.save()
    following = Run(lambda: slots.follow(policy, now()))
    following.done_within(0.5)
    gate.open()
    for each in (deciding, following):
        assert not isinstance(each.result(), Exception), each.result()
    assert Example.objects.get(pk=example.pk).state == Example.State.REJECTED
    return ReviewTask.objects.filter(example=example, state="open").count()


def test_a_policy_waits_for_the_verdict_and_opens_nothing_for_what_it_decided(monkeypatch):
    assert decided_while_the_policy_is_followed(monkeypatch) == 0


def test_without_the_lock_a_decided_example_would_get_a_slot(monkeypatch):
    """Negative control: who claims it could never decide it."""
    monkeypatch.setattr(slots, "_locked", lambda examples: examples)
    assert decided_while_the_policy_is_followed(monkeypatch) == 1
