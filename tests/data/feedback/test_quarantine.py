"""What could not be mapped is mapped by a later version."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from feedback import quarantine
from feedback.clients import registry
from feedback.clients.reading import Became
from feedback.models import Generation, Original, Quarantined, QuarantineEvent
from feedback.originals import keep
from lib.clock import now
from tests.builders import ago, make_ingest_key, make_person, make_project
from tests.clients import arrived

pytestmark = pytest.mark.django_db
NEW = {"name": "autocomplete", "schema": "0.3.0", "data": {"completionId": "c", "completion": "x"}}
CAME = ago(days=2)


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


@pytest.fixture
def upgraded(monkeypatch):
    """As if this version of Continue's adapter knew schema 0.3.0 too."""
    adapter = registry.adapters()["continue"]

    def item(original, at):
        return replace(adapter.item(original | {"schema": "0.2.0"}, at), original=original)

    newer = SimpleNamespace(CLIENT=adapter.CLIENT, read=adapter.read, item=item)

    def upgrade():
        monkeypatch.setitem(registry.adapters(), "continue", newer)

    return upgrade


def hold(key, request):
    """Keep a request's items, all of them in quarantine."""
    items = registry.adapters()[request.client].read(request).items
    assert {fate.became for fate in keep(key, request.client, items, CAME)} == {Became.QUARANTINED}
    return Quarantined.objects.get()


def test_an_upgrade_maps_what_was_held_as_of_when_it_came(key, upgraded):
    row = hold(key, arrived("continue", "POST", "", NEW))
    assert not quarantine.replay(row.pk, None, now())
    upgraded()
    person = make_person()
    assert quarantine.replay(row.pk, person, now())
    made = Generation.objects.get()
    assert (made.client_id, made.occurred_at) == ("c", CAME)
    assert row.original.derived.get(type="generation").client_id == "c"
    events = QuarantineEvent.objects.order_by("id").values_list("did", "by")
    assert list(events) == [("held", None), ("tried", None), ("replayed", person.pk)]
    with pytest.raises(Quarantined.DoesNotExist):
        quarantine.replay(row.pk, person, now())


def test_a_command_maps_all(key, upgraded, capsys):
    hold(key, arrived("continue", "POST", "", NEW))
    upgraded()
    call_command("replay_quarantine", project=key.project.slug, client="continue")
    assert capsys.readouterr().out == "1 mapped, 0 still in quarantine\n"


def test_a_request_nobody_could_read_is_read_again(key, monkeypatch):
    row = hold(key, arrived("tabby", "POST", "/v1/events", b"\xff\xfe"))
    assert not quarantine.replay(row.pk, None, now())
    adapter = registry.adapters()["tabby"]
    known = arrived("tabby", "POST", "/v1/events", {"type": "view", "completion_id": "c"})
    newer = SimpleNamespace(
        CLIENT=adapter.CLIENT, item=adapter.item, read=lambda _: adapter.read(known)
    )
    monkeypatch.setitem(registry.adapters(), "tabby", newer)
    assert quarantine.replay(row.pk, None, now())
    assert Original.objects.count() == 2


def test_what_is_dismissed_stays_as_it_is(key):
    row = hold(key, arrived("continue", "POST", "", NEW))
    quarantine.dismiss(row.pk, make_person(), "a test of ours", now())
    row.refresh_from_db()
    assert row.state == "dismissed"
    assert quarantine.held() == []
    assert QuarantineEvent.objects.get(did="dismissed").reason == "a test of ours"
