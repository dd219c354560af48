import pytest
from django.db import IntegrityError, connection, transaction

from governance.ledger import record
from governance.models import LedgerEntry
from lib.append_only import ALWAYS, ERASING
from lib.clock import now
from tests.builders import make_person, make_project
from tests.curation_builders import make_labelled

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return record(make_project(), make_person(), "thing done", "a thing", now())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_ledgerentry SET action = 'other'",
        "DELETE FROM governance_ledgerentry",
        "TRUNCATE governance_ledgerentry",
    ],
)
def test_the_record_cannot_be_changed(entry, statement):
    cursor = connection.cursor()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or TRUNCATE stumbles over a waiting one
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute(statement)
    assert LedgerEntry.objects.get().action == "thing done"


def test_not_even_by_a_session_that_skips_triggers(entry):
    cursor = connection.cursor()
    cursor.execute("SET LOCAL session_replication_role = replica")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute("DELETE FROM governance_ledgerentry")


def test_not_even_by_an_erasure(entry):
    cursor = connection.cursor()
    cursor.execute(f"SET LOCAL {ERASING} = 'yes'")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute("DELETE FROM governance_ledgerentry")
    assert LedgerEntry.objects.exists()


@pytest.mark.parametrize(
    "table",
    [
        "governance_ledgerentry",
        "governance_erasure",
        "governance_tombstone",
        "deployments_manifest",
        "deployments_evaluation",
        "deployments_signoff",
        "deployments_livechange",
    ],
)
def test_these_are_closed_to_erasures_and_to_replicas(table):
    cursor = connection.cursor()
    cursor.execute(
        "SELECT tgenabled, proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE tgrelid = %s::regclass AND tgname IN (%s, %s)",
        [table, f"{table}_keep", f"{table}_keep_all"],
    )
    assert cursor.fetchall() == [("A", ALWAYS)] * 2


def test_an_erasure_may_change_what_was_reported():
    example = make_labelled(make_project())
    cursor = connection.cursor()
    cursor.execute(f"SET LOCAL {ERASING} = 'yes'")
    cursor.execute("DELETE FROM curation_vote")
    assert not example.votes.exists()
