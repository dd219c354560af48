"""Workers that send: each letter and each delivery is taken once, and nothing falls between two."""

from collections import Counter
from datetime import timedelta

import pytest

from governance.models import Role
from lib.clock import now
from reviews import comments, letters, webhooks
from reviews.models import InboxEntry, Letter, WebhookDelivery
from tests.builders import make_admin, make_person, make_project, make_reviewer
from tests.race import Gate, Run, together
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, MANY = 8, 40


def deliveries():
    project = make_project()
    hook, _ = webhooks.make(project, "https://example.org/", [], make_admin(project), now())
    for _ in range(MANY):
        webhooks.ping(hook, now())


def everybody(take):
    def worker():
        got = []
        while (taken := take()) is not None:
            got.append(taken.pk)
        return got

    return Counter(pk for got in together(*[worker] * WORKERS) for pk in got)


def test_each_delivery_is_taken_by_one_worker():
    deliveries()
    took = everybody(lambda: webhooks.take(now()))
    assert len(took) == MANY
    assert set(took.values()) == {1}


def test_without_the_lock_several_would_take_one():
    """Negative control: reading and then writing."""
    deliveries()

    def careless():
        due = WebhookDelivery.objects.filter(state="due", due_at__lte=now()).first()
        if due is not None:
            due.due_at = now() + webhooks.HELD
            due.save(update_fields=["due_at"])
        return due

    assert max(everybody(careless).values()) > 1


def test_each_letter_is_taken_by_one_worker():
    project = make_project()
    task, wren = make_task(project), make_reviewer(project)
    names = [f"reader-{number}" for number in range(MANY)]
    for name in names:
        make_person(project, Role.REVIEWER, username=name)
    comments.say(task, wren, " ".join(f"@{name}" for name in names), now())
    soon = now() + timedelta(minutes=5)

    def worker():
        got = []
        while (taken := letters.take(soon)) is not None:
            got.append(taken.letter.pk)
        return got

    took = Counter(pk for got in together(*[worker] * WORKERS) for pk in got)
    assert len(took) == MANY
    assert set(took.values()) == {1}


def test_what_happens_while_a_letter_is_taken_is_in_the_next_one(monkeypatch):
    project = make_project()
    task, wren = make_task(project), make_reviewer(project)
    make_person(project, Role.REVIEWER, username="idris")
    comments.say(task, wren, "@idris one", now())
    gate = Gate()
    monkeypatch.setattr(letters, "_left_to_tell", gate.before(letters._left_to_tell))
    worker = Run(letters.take, now() + timedelta(minutes=5))
    gate.wait_until_reached()
    late = Run(comments.say, task, wren, "@idris two", now())
    assert not late.done_within(0.3)  # it waits for the letter's row
    gate.open()
    assert len(worker.result().entries) == 1
    late.result()
    last = InboxEntry.objects.latest("pk")
    assert last.letter_line.letter.state == Letter.State.GATHERING
    assert Letter.objects.count() == 2
