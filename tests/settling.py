"""Examples with slots, and people who give verdicts on them."""

from curation.models import Example
from lib.clock import now
from reviews import queue, slots, verdicts
from reviews.models import ReviewPolicy, ReviewTask
from reviews.queue import lease_of
from tests.reviews_builders import make_examples

State = ReviewTask.State
Kind = ReviewTask.Kind


def opened(project, overlap=1, **changes):
    """One labelled example with its slots."""
    if overlap > 1:
        ReviewPolicy.objects.update_or_create(project=project, defaults={"overlap": overlap})
    example = make_examples(project, 1, **changes)[0]
    slots.open_tasks(now())
    return example


def claim(project, person):
    task = queue.claim(project, person, now())
    assert task is not None
    return ReviewTask.objects.select_related("example", "project").get(pk=task.pk)


def say(project, person, verb="accept", task=None, **said):
    """Claim and give one verdict."""
    task = task or claim(project, person)
    if verb in ("accept", "fix"):
        said["category"] = project.categories.get(slug=said.pop("category", "logic"))
    return getattr(verdicts, verb)(task, lease_of(task), now(), **said)


def state_of(example):
    return Example.objects.get(pk=example.pk).state


def disputes(example):
    return ReviewTask.objects.filter(example=example, kind=Kind.ADJUDICATION)


def adjudicate(project, example, curator, verb="accept", **said):
    task = queue.claim_task(disputes(example).get(state="escalated"), curator, now(), curates=True)
    task = ReviewTask.objects.select_related("example", "project").get(pk=task.pk)
    return say(project, curator, verb, task, **said)
