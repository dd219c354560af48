"""What site admins see of feedback: everything, changing nothing, at any size."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.blobs import keep
from feedback.clients.reading import Item
from feedback.ingest import receive
from feedback.models import (
    Blob,
    Correction,
    Generation,
    Original,
    Orphan,
    Quarantined,
    Reaction,
)
from feedback.originals import keep as keep_items
from lib.admin import SHOWN, CappedPaginator
from lib.clock import now
from tests.builders import make_ingest_key, make_person, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
MODELS = [Generation, Reaction, Correction, Blob]


@pytest.fixture
def site_admin(client):
    client.force_login(make_person(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def made():
    """A generation with a correction and a reaction, stored."""
    sent = generation(prompt="the secret prompt")
    key = make_ingest_key(make_project())[0]
    receive(key, [sent, correction(sent, id="fix-1"), reaction(sent, "shown", id="r-1")], now())
    return sent


def address(model, *parts):
    return "/".join(["/admin/feedback", model._meta.model_name, *map(str, parts), ""])


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_shown_and_never_changed(site_admin, made, model):
    row = model.objects.first()
    assert site_admin.get(address(model)).status_code == 200
    assert site_admin.get(address(model, row.pk, "change")).status_code == 200
    assert site_admin.get(address(model, "add")).status_code == 403
    assert site_admin.post(address(model, row.pk, "change"), {}).status_code == 403
    assert site_admin.post(address(model, row.pk, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_at_any_length(site_admin, made, model):
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert site_admin.get(address(model)).status_code == 200
    key = make_ingest_key(make_project())[0]
    for _ in range(3):
        sent = generation(prompt=f"prompt {_}", output=f"output {_}")
        receive(key, [sent, correction(sent), reaction(sent, "shown")], now())
    with CaptureQueriesContext(connection) as many:
        site_admin.get(address(model))
    assert len(many) == len(few)
    assert not any("the secret prompt" in query["sql"] for query in many)


@pytest.mark.parametrize("model", MODELS)
def test_a_list_leaves_texts_where_they_are(site_admin, made, model):
    with CaptureQueriesContext(connection) as queries:
        page = site_admin.get(address(model)).text
    assert "the secret prompt" not in page
    assert not any('"feedback_blob"."text"' in query["sql"] for query in queries)


@pytest.mark.parametrize(
    ("model", "term"), [(Correction, "fix-1"), (Reaction, "r-1"), (Generation, None)]
)
def test_a_record_is_found_by_its_clients_id(site_admin, made, model, term):
    found = site_admin.get(address(model), {"q": term or made["id"]})
    assert found.context["cl"].result_count == 1
    assert site_admin.get(address(model), {"q": "fix"}).context["cl"].result_count == 0


def test_a_search_uses_the_unique_index(made):
    rows = admin.site.get_model_admin(Generation).matching("client_id", made["id"])
    one = Generation.objects.get(client_id=made["id"])
    for n in range(300):  # enough that another index of the project costs more
        one.pk, one.client_id = None, f"another-{n}"
        one.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feedback_generation")
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "generation_once" in rows.explain()


@pytest.mark.parametrize("term", ["not a number", "7" * 40, "' OR 1=1", "\u202e"])
@pytest.mark.parametrize("model", MODELS)
def test_an_odd_search_finds_nothing(site_admin, made, model, term):
    assert site_admin.get(address(model), {"q": term}).context["cl"].result_count == 0


def test_a_text_is_found_by_its_id(site_admin):
    blob = keep(make_project(), "x")
    assert site_admin.get(address(Blob), {"q": str(blob.pk)}).context["cl"].result_count == 1


def test_a_long_table_is_counted_only_so_far(django_assert_num_queries):
    pages = CappedPaginator(Blob.objects.order_by("-pk"), 50)
    with CaptureQueriesContext(connection) as queries:
        assert pages.count == 0
    assert f"LIMIT {SHOWN}" in queries[0]["sql"]


@pytest.mark.parametrize("model", MODELS)
def test_only_site_admins_enter(client, made, model):
    client.force_login(make_person())
    assert client.get(address(model)).status_code == 302


def test_events_quarantine_and_orphans_are_shown_and_found(site_admin):
    key = make_ingest_key(make_project())[0]
    waiting = reaction(generation(), "shown", id="r-waits")
    receive(key, [waiting], now())
    keep_items(key, "continue", [Item({"name": "odd"}, "0.2.0", problem="is odd")], now())
    for model, term in ((Original, None), (Quarantined, None), (Orphan, "r-waits")):
        row = model.objects.get()
        assert site_admin.get(address(model, row.pk, "change")).status_code == 200
        found = site_admin.get(address(model), {"q": term or row.pk})
        assert list(found.context["cl"].result_list) == [row]
