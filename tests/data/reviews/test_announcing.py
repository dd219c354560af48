import json
from datetime import timedelta

import pytest

from curation import datasets, recalls
from curation.categories import by_slug
from curation.intake import OVERLAP
from deployments.endpoints import roll_back
from feedback import originals
from feedback.clients import continue_dev
from lib.clock import now
from reviews import announcing, queue, verdicts, webhooks
from reviews.models import AnnouncementMark
from reviews.queue import lease_of
from tests.builders import (
    make_admin,
    make_curator,
    make_ingest_key,
    make_lead,
    make_project,
    make_reviewer,
)
from tests.curation_builders import make_accepted, make_example, make_refrozen
from tests.deployments_builders import make_live, make_version, seen
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/emend"
LATER = OVERLAP + timedelta(seconds=1)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def hook(project):
    made = webhooks.make(project, URL, list(webhooks.EVENTS), make_admin(project), now())[0]
    for source in announcing.SOURCES:
        announcing.tell_new(source, now())
    return made


def settle():
    """What is there now is seen, and told once it has settled."""
    for moment in (now(), now() + LATER, now() + LATER * 2):
        for source in announcing.SOURCES:
            announcing.tell_new(source, moment)


def told(hook, event):
    bodies = (each.body for each in hook.deliveries.filter(event=event).order_by("id"))
    return [json.loads(body)["data"] for body in bodies]


def quarantine(project, name):
    event = {"name": name, "schema": "0.3.0", "data": {"completionId": f"{name}-1"}}
    item = continue_dev.item(event, now())
    originals.keep(make_ingest_key(project)[0], "continue", [item], now())


def test_corrections_are_told_by_their_clients_ids_once(project, hook):
    examples = [make_example(project) for _ in range(2)]
    settle()
    settle()
    listed = [{"example": each.pk, "id": each.correction.client_id} for each in examples]
    assert told(hook, "corrections.received") == [{"corrections": listed}]


def test_a_flood_of_corrections_is_few_events_and_loses_none(project, hook, monkeypatch):
    monkeypatch.setattr(announcing, "LISTED", 2)
    monkeypatch.setattr(announcing, "AT_ONCE", 3)
    examples = [make_example(project).pk for _ in range(8)]
    for _ in range(4):
        settle()
    events = [each["corrections"] for each in told(hook, "corrections.received")]
    assert max(len(some) for some in events) == 2
    assert [each["example"] for some in events for each in some] == examples


def test_a_gap_of_ids_costs_no_readings(project, hook, monkeypatch):
    monkeypatch.setattr(announcing, "AT_ONCE", 1)
    AnnouncementMark.objects.update(told=-1_000_000, seen=-1_000_000)
    example = make_example(project).pk
    settle()
    [received] = told(hook, "corrections.received")
    assert [each["example"] for each in received["corrections"]] == [example]


def test_a_decision_names_the_correction_that_was_received(project, hook):
    task, wren = make_task(project), make_reviewer(project)
    settle()
    held = queue.claim_task(task, wren, now())
    verdicts.accept(held, lease_of(held), now(), category=by_slug(project)["logic"])
    [received] = told(hook, "corrections.received")
    [decided] = told(hook, "item.decided")
    assert decided["example"] == received["corrections"][0]["example"]


def test_quarantine_is_told_in_numbers_without_what_was_sent(project, hook):
    for name in ("madeUpOne", "madeUpTwo"):
        quarantine(project, name)
    settle()
    assert told(hook, "events.quarantined") == [{"client": "continue", "count": 2}]
    assert "madeUp" not in "".join(each.body for each in hook.deliveries.all())


def test_a_frozen_version_is_told_by_its_content(project, hook):
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    settle()
    [frozen] = told(hook, "dataset.frozen")
    assert (frozen["subject"], frozen["digest"]) == ("dataset version 1", version.content_id)


def test_a_recall_names_the_versions_that_hold_the_rows_and_not_why(project, hook):
    bad = make_accepted(project)
    version = make_refrozen(project)
    curator = make_curator(project)
    recalls.recall(bad, "licence", "hush, hush", curator, now())
    recalls.take_back(bad, "hush, hush", curator, now())
    settle()
    [recalled], [back] = told(hook, "rows.recalled"), told(hook, "rows.recall_taken_back")
    assert (recalled["examples"], recalled["kind"]) == ([bad.pk], "licence")
    assert recalled["versions"] == [{"number": 1, "digest": version.content_id}]
    assert (back["examples"], "kind" in back) == ([bad.pk], False)
    assert "hush" not in "".join(each.body for each in hook.deliveries.all())


def test_what_goes_live_and_what_comes_back_is_told_without_the_reason(project, hook):
    make_live(make_version(project), project)
    endpoint = make_live(make_version(project), project)
    roll_back(endpoint, make_lead(project), "hush, hush", now(), seen=seen(endpoint))
    settle()
    assert len(told(hook, "model.live")) == 2
    [back] = told(hook, "model.rolled_back")
    assert back["digest"]
    assert "hush" not in "".join(each.body for each in hook.deliveries.all())


def test_what_was_there_before_is_not_told(project):
    make_example(project)
    quarantine(project, "madeUp")
    hook, _ = webhooks.make(project, URL, list(webhooks.EVENTS), make_admin(project), now())
    settle()
    settle()
    assert not hook.deliveries.exists()


def test_other_projects_and_stopped_webhooks_hear_nothing(project, hook):
    other = make_project()
    make_live(make_version(other), other)
    make_example(other)
    quarantine(other, "madeUp")
    settle()
    assert not hook.deliveries.exists()
    webhooks.stop(hook, make_admin(project), now())
    make_example(project)
    settle()
    assert not hook.deliveries.exists()


def test_only_chosen_events_are_told(project, hook):
    chosen, _ = webhooks.make(project, URL, ["events.quarantined"], make_admin(project), now())
    make_example(project)
    settle()
    assert not chosen.deliveries.exists()


def test_an_idle_reading_writes_nothing(project, hook, django_assert_num_queries):
    make_example(project)
    settle()
    before = list(AnnouncementMark.objects.order_by("pk").values_list())
    with django_assert_num_queries(4):  # two of them are the savepoint of this test
        announcing.tell_new("corrections", now() + LATER)
    assert list(AnnouncementMark.objects.order_by("pk").values_list()) == before
