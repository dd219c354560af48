"""Many reports come with one key at once: none waits to write down that it was used."""

import pytest
from django.db import transaction

from governance import keys
from governance.keys import key_for
from governance.models import IngestKey
from tests import builders
from tests.race import Gate, Run

pytestmark = pytest.mark.django_db(transaction=True)


def second_waits():
    """Whether a report waits while another writes down, or holds, the same key."""
    key, secret = builders.make_ingest_key(builders.make_project())
    gate = Gate()

    @transaction.atomic
    def first():
        key_for(secret)
        gate.before(lambda: None)()

    writing = Run(first)
    gate.wait_until_reached()
    second = Run(key_for, secret)
    waited = not second.done_within(0.5)
    gate.open()
    assert writing.result() is None
    assert second.result().pk == key.pk
    assert IngestKey.objects.get(pk=key.pk).last_used_at is not None
    return waited


def test_a_second_report_passes_over_it():
    assert not second_waits()


def test_a_plain_update_would_wait(monkeypatch):
    plain = f"UPDATE {keys.TABLE} SET last_used_at = now() WHERE id = %s AND {keys.UNSEEN}"
    monkeypatch.setattr(keys, "USED", plain)
    assert second_waits()
