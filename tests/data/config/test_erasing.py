"""Erasing a person or a generation: what goes, what stays, and what is said about it."""

import json
from uuid import uuid4

import orjson
import pytest
from django.apps import apps
from django.db import connection

from config.erasure.erasing import NothingFound, erase
from config.erasure.fates import GOES
from config.erasure.plan import plan_of
from config.erasure.requests import OneGeneration, Subject, name_digest
from curation import clusters, datasets, export
from curation.models import Cluster, ClusterMember, DatasetRow, DatasetVersion, Example, Sketch
from feedback.clients.reading import Item
from feedback.ingest import receive
from feedback.models import (
    Blob,
    Correction,
    Derived,
    Generation,
    Original,
    Orphan,
    QuarantineEvent,
    Reaction,
)
from feedback.originals import keep
from governance.models import Erasure, LedgerEntry, Tombstone
from lib.clock import now
from reviews.models import Batch, ReviewTask, Verdict, Webhook, WebhookDelivery
from tests.builders import make_admin, make_curator, make_ingest_key, make_project
from tests.curation_builders import make_accepted, make_labelled, make_reaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def admin(project):
    return make_admin(project)


def left(text):
    """Tables in which the text still stands, anywhere."""
    found = []
    for model in apps.get_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_person_goes_everywhere_and_others_stay(project, admin):
    mine = make_accepted(project, developer="jane-roe", output="jane_secret = 1\n")
    make_reaction(mine.correction, "commented", comment="jane-roe said so", developer="jane-roe")
    other = make_accepted(project, developer="kim")
    plan = plan_of(project, Subject("jane-roe"))
    erasure = erase(project, Subject("jane-roe"), admin, now(), "They asked us to.")
    assert left("jane-roe") == left("jane_secret") == []
    assert erasure.counts == plan.counts
    assert erasure.counts["feedback_blob"] == 3
    assert Example.objects.get() == other
    assert erasure.name_digest == name_digest(project, "jane-roe")
    entry = LedgerEntry.objects.get(action="feedback erased")
    assert (entry.actor, entry.subject) == (admin, f"erasure {erasure.pk}")
    assert orjson.loads(bytes(entry.body))["details"]["counts"] == plan.counts


def test_a_dry_run_changes_nothing(project):
    make_accepted(project, developer="jane-roe")
    assert plan_of(project, Subject("jane-roe")).total > 5
    assert left("jane-roe") != []
    assert not Erasure.objects.exists()
    assert not Tombstone.objects.exists()


def test_what_is_not_there_is_said(project, admin):
    make_accepted(project, developer="kim")
    with pytest.raises(NothingFound):
        erase(project, Subject("jane-roe"), admin, now())
    assert not Erasure.objects.exists()


def test_a_member_is_one_person_by_name_and_address(project, admin):
    jane = make_curator(project)
    make_accepted(project, developer=jane.username)
    make_accepted(project, developer=jane.email)
    erase(project, Subject(jane.email), admin, now())
    assert not Example.objects.exists()


def test_another_project_keeps_the_same(project, admin):
    make_accepted(project, developer="jane-roe", output="same = 1\n")
    elsewhere = make_accepted(make_project(), developer="jane-roe", output="same = 1\n")
    erase(project, Subject("jane-roe"), admin, now())
    assert Example.objects.get() == elsewhere
    assert Blob.objects.filter(project=elsewhere.project).count() == 3
    assert not Blob.objects.filter(project=project).exists()


def test_a_text_that_others_hold_stays(project, admin):
    make_labelled(project, developer="jane-roe", prompt="Say hello.")
    make_labelled(project, developer="kim", prompt="Say hello.")
    erase(project, Subject("jane-roe"), admin, now())
    assert Blob.objects.filter(text="Say hello.").exists()
    assert Blob.objects.count() == 3


def test_what_a_person_said_of_anothers_generation_goes_alone(project, admin):
    kims = make_labelled(project, developer="kim")
    make_reaction(kims.correction, "rated", value=1.0, developer="jane-roe")
    erase(project, Subject("jane-roe"), admin, now())
    assert not Reaction.objects.exists()
    assert Example.objects.get() == kims


def test_a_generation_goes_by_its_id_with_what_was_said_of_it(project, admin):
    gone = make_labelled(project, client_id="one", developer="jane-roe")
    make_reaction(gone.correction, "shown")
    make_labelled(project, client_id="two", developer="jane-roe")
    erase(project, OneGeneration("g-one"), admin, now())
    assert [each.client_id for each in Generation.objects.all()] == ["g-two"]
    assert not Reaction.objects.exists()
    assert Correction.objects.get().client_id == "two"


def records(**changes):
    return [
        {"type": "generation", "id": "g1", "prompt": "p", "output": "o", "developer": "jane-roe"},
        {"type": "reaction", "id": "r1", "generation": "g1", "kind": "shown"},
        {"type": "correction", "id": "c1", "generation": "g1", "corrected": "x"},
    ]


def test_what_is_sent_again_stays_away(project, admin):
    key, _ = make_ingest_key(project)
    receive(key, records(), now())
    erase(project, Subject("jane-roe"), admin, now())
    for sent in (records(), records()[:1], records()[1:]):
        assert {each.state for each in receive(key, sent, now())} == {"erased"}
    assert not Generation.objects.exists()
    assert not Reaction.objects.exists()
    assert not Correction.objects.exists()
    assert not Orphan.objects.exists()


def test_what_waited_for_its_generation_stays_away_too(project, admin):
    key, _ = make_ingest_key(project)
    waiting = {"type": "reaction", "id": "r9", "generation": "g9", "kind": "shown"}
    told = waiting | {"developer": "jane-roe"}
    receive(key, [told], now())
    erase(project, Subject("jane-roe"), admin, now())
    assert receive(key, [told], now())[0].state == "erased"
    assert not Orphan.objects.exists()


def test_a_cluster_is_taken_apart_and_the_rest_compared_anew(project, admin):
    alike = [make_labelled(project, number=7, client_id=f"c{n}") for n in range(3)]
    clusters.join_waiting(10, now())
    assert Cluster.objects.get().size == 3
    erase(project, OneGeneration(f"g-{alike[0].correction.client_id}"), admin, now())
    assert not ClusterMember.objects.exists()
    assert not Sketch.objects.exists()
    clusters.join_waiting(10, now())
    cluster = Cluster.objects.get()
    assert cluster.size == 2
    assert cluster.exemplar in alike[1:]


def test_a_version_keeps_a_tombstone_and_serves_what_is_left(project, admin):
    for n, name in enumerate(("jane-roe", "kim", "lu")):
        make_accepted(project, developer=name, repository=f"r{n}", client_id=f"row-{n}")
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    before = dict(contents_of(version))
    plan = plan_of(project, Subject("jane-roe"))
    assert [(loss.version, loss.lines) for loss in plan.losses] == [(version, 1)]
    erase(project, Subject("jane-roe"), admin, now())
    tombstone = DatasetRow.objects.get(example=None)
    assert tombstone.decision is None
    after = dict(contents_of(version))
    assert after == {name: line for name, line in before.items() if name != tombstone.row_id}
    assert len(after) == 2


def contents_of(version):
    return [
        (export.row_id(content), content)
        for split in export.SPLITS
        for content in export.contents(version, split)
    ]


def test_a_line_that_others_stand_behind_too_is_left_out(project, admin):
    for name in ("jane-roe", "kim"):
        make_accepted(project, number=7, developer=name, client_id=name)
    make_accepted(project, developer="lu")
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    assert len(contents_of(version)) == 2
    erase(project, Subject("jane-roe"), admin, now())
    [(_, content)] = contents_of(version)
    assert content["feedback_ids"] != ["fe_kim"]


def test_a_build_under_way_is_given_up(project, admin):
    make_accepted(project, developer="jane-roe")
    version = datasets.request(project, make_curator(project), now())
    DatasetVersion.objects.filter(pk=version.pk).update(state="building", attempts=1)
    erase(project, Subject("jane-roe"), admin, now())
    version.refresh_from_db()
    assert version.state == "failed"
    assert "erased" in version.problem


def test_one_asked_for_is_built_of_what_is_left(project, admin):
    make_accepted(project, developer="jane-roe")
    make_accepted(project, developer="kim")
    version = datasets.request(project, make_curator(project), now())
    erase(project, Subject("jane-roe"), admin, now())
    datasets.build(version)
    version.refresh_from_db()
    assert (version.state, version.manifest["rows"]) == ("frozen", 1)


def test_the_switch_is_off_again_in_the_same_transaction(project, admin):
    make_accepted(project, developer="jane-roe")
    erase(project, Subject("jane-roe"), admin, now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('emend.erasing', true)")
        assert cursor.fetchone() == ("",)


def test_every_step_names_a_table_once():
    tables = [each.table for each in GOES]
    assert len(tables) == len(set(tables))
    assert {Batch, DatasetRow} & set(tables) == set()
    assert {ReviewTask, Verdict} <= set(tables)


def event(**changes):
    """An event of a foreign client that tells of a generation and its rating."""
    generation, said, _ = records()
    told = {"trace": "g1", "user": "jane-roe", "text": "o"}
    return Item(told | changes, "1", records=(generation, said))


def test_an_event_in_its_clients_words_goes_and_stays_away(project, admin):
    key, _ = make_ingest_key(project)
    keep(key, "phoenix", [event()], now())
    assert Derived.objects.count() == 2
    erase(project, Subject("jane-roe"), admin, now())
    assert not Original.objects.exists()
    assert not Derived.objects.exists()
    fates = keep(key, "phoenix", [event(), event(more="of the same trace")], now())
    assert [fate.became for fate in fates] == ["erased", "erased"]
    assert not Original.objects.exists()


def test_an_event_in_quarantine_goes_if_it_says_the_name(project, admin):
    key, _ = make_ingest_key(project)
    make_accepted(project, developer="jane-roe")
    broken = [
        Item({"deep": [{"who": "jane-roe"}]}, "1", problem="no id"),
        Item({"deep": "not jane-roe alone"}, "1", problem="no id"),
    ]
    keep(key, "phoenix", broken, now())
    erase(project, Subject("jane-roe"), admin, now())
    assert Original.objects.get().body == '{"deep":"not jane-roe alone"}'
    assert QuarantineEvent.objects.count() == 1
    assert keep(key, "phoenix", broken[:1], now())[0].became == "erased"


def test_what_was_told_to_webhooks_goes(project, admin):
    hook = Webhook.objects.create(
        project=project,
        url="https://x.org",
        events=[],
        salt="s",
        created_by=admin,
        created_at=now(),
    )
    mine, other = make_labelled(project, developer="jane-roe"), make_labelled(project)
    for example in (mine, other):
        for data in ({"example": example.pk}, {"corrections": [{"example": example.pk}]}):
            WebhookDelivery.objects.create(
                webhook=hook,
                event="e",
                event_id=uuid4(),
                body=json.dumps({"data": data}),
                due_at=now(),
                created_at=now(),
            )
    erase(project, Subject("jane-roe"), admin, now())
    assert {json.loads(d.body)["data"].get("example") for d in WebhookDelivery.objects.all()} == {
        other.pk,
        None,
    }
    assert WebhookDelivery.objects.count() == 2
