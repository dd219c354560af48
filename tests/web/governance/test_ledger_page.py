import hashlib

import pytest
from django.urls import reverse

from governance.ledger import record
from governance.models import LedgerEntry, Role
from lib.clock import now
from tests.builders import make_person, make_project
from tests.emptying import may_empty

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reader(project, client):
    person = make_person(project, Role.DEVELOPER)
    client.force_login(person)
    return person


def at(project, name="ledger", *args):
    return reverse(f"governance:{name}", args=[project.slug, *args])


def did(project, action="thing done", subject="a thing", **details):
    return record(project, None, action, subject, now(), subject_digest="a" * 64, **details)


def test_every_address_is_tried_as_nobody_outsider_and_member(client, project):
    entry = did(project)
    outsider = make_person(make_project(), Role.PROJECT_ADMIN)
    member = make_person(project, Role.DEVELOPER)
    for address in (
        at(project),
        at(project, "ledger-entry", entry.pk),
        at(project, "ledger-bytes", entry.pk),
    ):
        client.logout()
        assert client.get(address).headers["Location"].startswith("/accounts/login/")
        client.force_login(outsider)
        assert client.get(address).status_code == 404
        client.force_login(member)
        assert client.get(address).status_code == 200


def test_another_projects_entry_is_not_found_through_ones_own(client, project, reader):
    elsewhere = did(make_project())
    for name in ("ledger-entry", "ledger-bytes"):
        assert client.get(at(project, name, elsewhere.pk)).status_code == 404


def test_the_newest_comes_first_and_pages_follow(client, project, reader, monkeypatch):
    monkeypatch.setattr("governance.ledger_views.PAGE", 2)
    for n in range(3):
        did(project, subject=f"thing {n}")
    first = client.get(at(project)).context["page"]
    assert [row.subject for row in first.rows] == ["thing 2", "thing 1"]
    second = client.get(at(project), {"after": first.after}).context["page"]
    assert [row.subject for row in second.rows] == ["thing 0"]


def test_a_filter_shows_one_kind_of_act(client, project, reader):
    did(project, action="endpoint rolled back")
    did(project, action="promotion approved")
    page = client.get(at(project), {"action": "promotion approved"})
    assert [row.action for row in page.context["page"].rows] == ["promotion approved"]
    assert list(page.context["actions"]) == ["endpoint rolled back", "promotion approved"]


@pytest.mark.parametrize(
    ("query", "status"), [({"action": "a\x00"}, 200), ({"after": "forged"}, 302)]
)
def test_a_damaged_address_is_no_error(client, project, reader, query, status):
    assert client.get(at(project), query).status_code == status


def test_the_page_costs_the_same_for_one_entry_as_for_many(
    client, project, reader, django_assert_num_queries
):
    did(project)
    client.get(at(project))
    with django_assert_num_queries(6):
        client.get(at(project))
    for _ in range(20):
        record(project, reader, "thing done", "a thing", now())
    with django_assert_num_queries(6):
        client.get(at(project))


def test_the_download_hashes_to_the_leaf(client, project, reader):
    entry = did(project, reason="<script>")
    body = client.get(at(project, "ledger-bytes", entry.pk)).content
    assert hashlib.sha256(b"\x00" + body).hexdigest() == entry.leaf_hash


def test_an_entry_shows_its_bytes_inert(client, project, reader):
    entry = did(project, reason="<script>alert(1)</script>")
    page = client.get(at(project, "ledger-entry", entry.pk)).text
    assert "Bytes match their hash" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_changed_entry_is_found_out(client, project, reader):
    entry = did(project)
    with may_empty():
        LedgerEntry.objects.filter(pk=entry.pk).update(body=b'{"action":"other"}')
    page = client.get(at(project, "ledger-entry", entry.pk)).text
    assert "Bytes do not match their hash" in page
    assert "changed outside Emend" in page
