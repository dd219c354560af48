import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import transaction

from curation.categories import by_slug
from governance.models import LedgerEntry
from lib.clock import now
from lib.outbound import Refused, Unreachable
from reviews import comments, queue, verdicts, webhooks
from reviews.models import Webhook, WebhookDelivery
from reviews.queue import lease_of
from tests.builders import make_admin, make_curator, make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/emend"
State = WebhookDelivery.State


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def admin(project):
    return make_admin(project)


@pytest.fixture
def hook(project, admin):
    return webhooks.make(project, URL, list(webhooks.EVENTS), admin, now())[0]


def told(hook):
    return [json.loads(each.body) for each in hook.deliveries.order_by("id")]


def answering(status, calls=None):
    def send(url, body, headers):
        if calls is not None:
            calls.append((url, body, headers))
        if isinstance(status, Exception):
            raise status
        return status

    return send


def try_once(status, moment=None, calls=None):
    moment = moment or now()
    delivery = webhooks.take(moment)
    webhooks.deliver(delivery, answering(status, calls), moment)
    delivery.refresh_from_db()
    return delivery


def test_the_secret_is_kept_nowhere(project, admin):
    hook, secret = webhooks.make(project, URL, ["comment.posted"], admin, now())
    assert webhooks.secret_of(hook) == secret
    stored = json.dumps([str(each) for each in Webhook.objects.values_list()[0]])
    assert secret not in stored
    assert secret not in str(bytes(LedgerEntry.objects.get(action="webhook made").body))


def test_each_webhook_has_its_own_secret(project, admin):
    one, two = (webhooks.make(project, URL, [], admin, now())[1] for _ in range(2))
    assert one != two


def test_an_address_inside_is_refused(project, admin):
    with pytest.raises(Refused):
        webhooks.make(project, "http://10.0.0.1/", [], admin, now())


def test_a_project_has_so_many_at_most(project, admin, monkeypatch):
    monkeypatch.setattr(webhooks, "MOST", 1)
    webhooks.make(project, URL, [], admin, now())
    with pytest.raises(webhooks.TooMany):
        webhooks.make(project, URL, [], admin, now())


def test_a_comment_and_a_decision_are_told_without_code_or_words(project, hook):
    task, wren = make_task(project), make_reviewer(project)
    comments.say(task, wren, "very secret words", now())
    held = queue.claim_task(task, wren, now())
    verdicts.accept(held, lease_of(held), now(), category=by_slug(project)["logic"], note="hush")
    first, second = told(hook)
    assert (first["event"], first["data"]["item"]) == ("comment.posted", task.pk)
    assert second["event"] == "item.decided"
    assert second["data"]["outcome"] == "accepted"
    for word in ("secret words", "hush", "eval("):
        assert word not in json.dumps([first, second])


def test_nothing_is_told_of_what_did_not_happen(project, hook):
    class Oops(Exception):
        pass

    def fails():
        with transaction.atomic():
            comments.say(make_task(project), make_reviewer(project), "One", now())
            raise Oops

    with pytest.raises(Oops):
        fails()
    assert told(hook) == []


def test_another_projects_webhook_hears_nothing(project, hook):
    other = make_project()
    comments.say(make_task(other), make_reviewer(other), "One", now())
    assert told(hook) == []


def test_only_chosen_events_are_told(project, admin):
    hook, _ = webhooks.make(project, URL, ["item.decided"], admin, now())
    comments.say(make_task(project), make_reviewer(project), "One", now())
    assert told(hook) == []


def test_the_signature_is_what_the_documentation_says(project, hook):
    webhooks.ping(hook, now())
    calls = []
    assert try_once(204, calls=calls).state == State.DELIVERED
    ((url, body, headers),) = calls
    assert url == URL
    moment, _, signed = headers["Emend-Signature"].partition(",v1=")
    moment = moment.removeprefix("t=")
    secret = webhooks.secret_of(hook).encode()
    wanted = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert signed == wanted
    assert headers["Emend-Delivery"] == json.loads(body)["id"]


def test_what_fails_is_tried_again_later_and_later_and_then_given_up(hook):
    moment = now()
    webhooks.ping(hook, moment)
    waits = []
    for _ in range(len(webhooks.AFTER)):
        delivery = try_once(500, moment)
        waits.append(delivery.due_at - moment)
        assert webhooks.take(delivery.due_at - timedelta(seconds=1)) is None
        moment = delivery.due_at
    assert waits == webhooks.AFTER
    last = try_once(Unreachable("ConnectTimeoutError"), moment)
    assert (last.state, last.due_at) == (State.GIVEN_UP, None)
    assert "ConnectTimeoutError" in last.problem


@pytest.mark.parametrize("forever", [410, Refused("It leads inside.")])
def test_what_will_never_work_is_given_up_at_once(hook, forever):
    webhooks.ping(hook, now())
    assert try_once(forever).state == State.GIVEN_UP


def test_a_worker_that_dies_holds_a_delivery_for_a_while_only(hook):
    moment = now()
    webhooks.ping(hook, moment)
    assert webhooks.take(moment).attempts == 1
    assert webhooks.take(moment) is None
    assert webhooks.take(moment + webhooks.HELD).attempts == 2


def test_a_late_word_of_an_earlier_try_changes_nothing(hook):
    moment = now()
    webhooks.ping(hook, moment)
    slow = webhooks.take(moment)
    quick = webhooks.take(moment + webhooks.HELD)
    webhooks.deliver(quick, answering(200), moment)
    webhooks.deliver(slow, answering(500), moment)
    quick.refresh_from_db()
    assert quick.state == State.DELIVERED


def test_a_replay_sends_the_same_bytes_under_the_same_id(hook):
    webhooks.ping(hook, now())
    first = try_once(410)
    again = webhooks.replay(first, now())
    assert (again.body, again.event_id) == (first.body, first.event_id)
    assert try_once(200).state == State.DELIVERED


def test_a_stopped_webhook_is_told_nothing_more(project, hook, admin):
    webhooks.ping(hook, now())
    webhooks.stop(hook, admin, now())
    webhooks.stop(hook, admin, now())
    assert webhooks.take(now()) is None
    comments.say(make_task(project), make_reviewer(project), "One", now())
    assert hook.deliveries.count() == 1
    assert LedgerEntry.objects.filter(action="webhook stopped").count() == 1


def test_old_deliveries_are_forgotten_and_waiting_ones_are_not(hook):
    webhooks.ping(hook, now() - webhooks.KEPT * 2)
    webhooks.ping(hook, now() - webhooks.KEPT * 2)
    try_once(200)
    webhooks.drop_old(now())
    assert [each.state for each in hook.deliveries.all()] == [State.DUE]


def test_no_verdict_of_the_blind_pass_is_an_event(project, hook):
    """Two slots: the first verdict must not reach a channel that the second reviewer reads."""
    task, wren = make_task(project), make_reviewer(project)
    held = queue.claim_task(task, wren, now())
    verdicts.skip(held, lease_of(held), now())
    assert told(hook) == []
    assert make_curator(project)


def test_what_ends_each_of_its_workers_is_given_up(hook):
    webhooks.ping(hook, now())
    moment = now()
    for _ in range(len(webhooks.AFTER) + 1):
        assert webhooks.take(moment) is not None
        moment += webhooks.HELD
    assert webhooks.take(moment) is None
    assert hook.deliveries.get().state == State.GIVEN_UP
