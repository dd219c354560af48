import json

import pytest
from django.urls import reverse

from feedback import originals
from feedback.clients.reading import Item
from feedback.models import Quarantined, Reaction
from governance.models import Role
from lib.clock import now
from tests.builders import make_admin, make_ingest_key, make_person, make_project

pytestmark = pytest.mark.django_db
EVENT = {"type": "view", "completion_id": "c", "choice_index": 0, "view_id": "<script>"}


@pytest.fixture
def project():
    return make_project()


def held(project, original=None, problem="not understood", client="tabby"):
    """An event in quarantine, as a door keeps it."""
    items = [Item(original or {"type": "wink"}, "v1", problem=problem)]
    originals.keep(make_ingest_key(project)[0], client, items, now())
    return Quarantined.objects.latest("pk")


def addresses(row):
    named = ("quarantined", "replay-quarantined", "dismiss-quarantined")
    project = row.project.slug
    return [
        reverse("feedback:quarantine", args=[project]),
        reverse("feedback:replay-quarantine", args=[project]),
        *(reverse(f"feedback:{name}", args=[project, row.pk]) for name in named),
    ]


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.PROJECT_ADMIN])
def test_only_admins_have_to_do_with_it(client, project, role):
    row = held(project)
    client.force_login(make_person(project, role))
    for address in addresses(row):
        assert client.get(address).status_code in (403, 405)
        assert client.post(address).status_code in (403, 405)
    row.refresh_from_db()
    assert row.state == "held"


def test_nobody_and_outsiders_find_nothing(client, project):
    row = held(project)
    for address in addresses(row):
        assert client.get(address).status_code in (302, 405)
    client.force_login(make_admin(make_project()))
    for address in addresses(row):
        assert client.get(address).status_code in (404, 405)
        assert client.post(address).status_code in (404, 405)


def test_another_projects_event_is_not_reachable_through_ones_own(client, project):
    row = held(make_project())
    client.force_login(make_admin(project))
    for name in ("quarantined", "replay-quarantined", "dismiss-quarantined"):
        address = reverse(f"feedback:{name}", args=[project.slug, row.pk])
        send = client.get if name == "quarantined" else client.post
        assert send(address).status_code == 404


def test_an_event_is_shown_as_text_with_why(client, project):
    row = held(project, {"type": "<script>alert(1)</script>"}, problem="a type is missing")
    client.force_login(make_admin(project))
    listing, replay_all, page, *_ = addresses(row)
    assert "a type is missing" in client.get(listing).text
    text = client.get(page).text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_what_todays_adapter_reads_comes_out(client, project):
    row = held(project, EVENT, problem="an older version did not know it")
    client.force_login(make_admin(project))
    _, replay_all, page, replay, _ = addresses(row)
    assert "out of quarantine" in client.post(replay, follow=True).text
    row.refresh_from_db()
    assert row.state == "replayed"
    assert "not held any more" in client.post(replay, follow=True).text
    assert Reaction.objects.count() == 0  # it waits for its generation


def test_all_at_once_leaves_what_cannot_be_read(client, project):
    held(project, EVENT)
    held(project, {"type": "wink"})
    client.force_login(make_admin(project))
    address = reverse("feedback:replay-quarantine", args=[project.slug])
    assert "1 of 2 events were mapped" in client.post(address, follow=True).text
    assert sorted(Quarantined.objects.values_list("state", flat=True)) == ["held", "replayed"]


def test_an_event_is_put_aside_with_a_reason_and_kept(client, project):
    row = held(project)
    client.force_login(make_admin(project))
    *_, dismiss = addresses(row)
    shown = client.post(dismiss, {"why": "a test of ours"}, follow=True).text
    assert "a test of ours" in shown
    row.refresh_from_db()
    assert row.state == "dismissed"
    assert json.loads(row.original.body) == {"type": "wink"}


def test_a_damaged_address_leads_to_the_list(client, project):
    client.force_login(make_admin(project))
    listing = reverse("feedback:quarantine", args=[project.slug])
    for damaged in ("?state=lost", "?after=x"):
        assert client.get(listing + damaged).headers["Location"] == listing
