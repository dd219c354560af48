"""The demo is loaded once, through the verbs, and leaves no page empty."""

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.urls import reverse

from config import figures
from config.demo.content import read
from config.demo.load import load
from curation.models import DatasetVersion, Decision, Example
from deployments.models import Endpoint, Promotion, SignOff
from feedback.acceptance import by_model
from feedback.models import Correction, Generation, Reaction
from governance.models import LedgerEntry, Project, User
from lib.clock import now
from reviews.models import ReviewTask, Verdict

pytestmark = pytest.mark.timeout(300)  # the analysers' programs start a few dozen times

TOLD = read()
MODELS = (Correction, Decision, Endpoint, Generation, LedgerEntry, Project, Reaction, User, Verdict)


@pytest.fixture(scope="module")
def loaded_at(django_db_setup, django_db_blocker):
    """The demo, loaded once for this module and rolled back after it.

    Tests before this one left dead rows, which statistics count as pages without rows.
    """
    with django_db_blocker.unblock():
        connection.cursor().execute("VACUUM (ANALYZE)")
    with django_db_blocker.unblock(), transaction.atomic():
        at = now()
        assert load(at)
        yield at
        transaction.set_rollback(True)


@pytest.fixture
def ledger_platform(loaded_at, db):
    return Project.objects.get(slug="ledger-platform")


def counts():
    return {model.__name__: model.objects.count() for model in MODELS}


def test_loading_it_again_changes_nothing(ledger_platform, capsys):
    before = counts()
    assert not load(now())
    call_command("load_demo")
    assert counts() == before
    said = capsys.readouterr().out
    assert "here already" in said
    assert TOLD.password in said


def test_nobody_counts_rows_that_are_not_committed(ledger_platform):
    """Statistics gathered beside a load would call full tables empty; the load is not committed."""
    beside = connections.create_connection("default")
    with beside.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
        for model in MODELS:
            with pytest.raises(OperationalError, match="lock timeout"):
                cursor.execute(f"ANALYZE {model._meta.db_table}")
    beside.close()


def test_every_correction_got_the_verdict_its_story_intends(ledger_platform):
    told = {story.slug: story.intended.verdict for story in TOLD.corrections}
    first = Verdict.objects.filter(task__kind="plain", task__slot=1)
    given = dict(first.values_list("task__example__correction__generation__client_id", "kind"))
    assert given == {slug: verdict for slug, verdict in told.items() if verdict != "waiting"}
    assert Example.objects.count() == Correction.objects.count() == len(told)
    assert ReviewTask.objects.filter(kind="plain", slot=1).count() == len(told)


def test_nothing_happened_in_the_wrong_order(ledger_platform, loaded_at):
    at = list(LedgerEntry.objects.order_by("id").values_list("at", flat=True))
    assert at == sorted(at)
    assert at[-1] == loaded_at
    for verdict in Verdict.objects.select_related("task__example"):
        task, example = verdict.task, verdict.task.example
        assert example.occurred_at <= example.arrived_at <= example.labelled_at, example
        assert example.labelled_at <= task.opened_at < verdict.at, example


def test_versions_are_frozen_and_one_promotion_waits_for_one_signature(ledger_platform):
    frozen = DatasetVersion.objects.filter(project=ledger_platform, state="frozen")
    assert frozen.count() == 2
    endpoint = Endpoint.objects.get(project=ledger_platform)
    assert endpoint.live.revision == 2
    waiting = Promotion.objects.get(state=Promotion.State.PROPOSED)
    assert SignOff.objects.filter(promotion=waiting).count() == 1


def test_the_overview_has_something_in_every_figure(ledger_platform, loaded_at):
    for period in figures.PERIODS:
        assert figures.came_in(ledger_platform, period, loaded_at).all
        since = period.since(loaded_at)
        assert by_model(ledger_platform, since, loaded_at)
    assert set(figures.waiting(ledger_platform)) >= {"open", "escalated"}
    assert figures.decided(ledger_platform, figures.PERIODS[1], loaded_at).all
    weekly = figures.weekly(ledger_platform, loaded_at)
    assert all(any(values) for _, values in weekly.by_category)


@pytest.mark.parametrize("person", [each for each in TOLD.people if each.demo_account])
def test_every_demo_account_can_log_in_and_finds_its_page(ledger_platform, client, person):
    form = {"login": person.username, "password": TOLD.password}
    assert client.post(reverse("account_login"), form)["Location"] == "/"
    page = client.get("/", follow=True)
    assert page.status_code == 200
    if person.roles:
        assert "What waits for whom" in page.text or "Your projects" in page.text


def test_a_lead_is_asked_for_the_missing_signature(ledger_platform, client):
    client.force_login(User.objects.get(username="tamsin"))
    page = client.get(reverse("overview", args=["ledger-platform"])).text
    assert "Your turn" in page
    assert "1 of 2 signatures given" in page


def test_accounts_without_a_demo_password_cannot_log_in(ledger_platform):
    open_to_all = {user.username for user in User.objects.all() if user.has_usable_password()}
    assert open_to_all == {person.username for person in TOLD.people if person.demo_account}
