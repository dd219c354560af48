"""Retention: the demo, which has a row of nearly every kind, past its time."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command

from config.erasure import retention
from config.erasure.fates import GOES, LETS_GO
from config.erasure.retention import choose, sweep
from curation.models import Cluster, DatasetRow, DatasetVersion
from feedback.models import Generation
from governance.models import Erasure, LedgerEntry, Project, User
from lib.clock import now
from reviews.models import ReviewTask
from tests.browser.demo_pages import decided_by_maren, shown_with_tests
from tests.builders import make_admin, make_project
from tests.curation_builders import make_accepted, make_example

pytestmark = pytest.mark.django_db


@pytest.mark.timeout(300)
def test_the_whole_demo_goes_in_batches(monkeypatch):
    call_command("load_demo", verbosity=0)
    project = Project.objects.get(slug="ledger-platform")
    decided_by_maren(project)
    shown_with_tests(project)
    full = {each.table for each in GOES if each.table._base_manager.exists()}
    monkeypatch.setattr(retention, "AT_ONCE", 400)
    for each in Project.objects.all():
        choose(each, 1, None, now())
    later = now() + timedelta(days=30)
    while sweep(later):
        pass
    left = {each.table for each in GOES if each.table._base_manager.exists()}
    assert left == set()
    assert len(full) >= 28
    assert not Cluster.objects.exists()
    assert DatasetRow.objects.exists()
    assert not DatasetRow.objects.filter(example__isnull=False).exists()
    assert Erasure.objects.filter(kind="retention", by=None).count() > 1
    assert set(apps.get_app_config("curation").get_models()) & set(LETS_GO)
    assert not ReviewTask.objects.exists()
    assert User.objects.count() > 5
    assert LedgerEntry.objects.filter(action="feedback erased").count() == Erasure.objects.count()


def test_only_what_is_older_goes():
    project = make_project()
    make_accepted(project)
    choose(project, 30, make_admin(project), now())
    assert sweep(now() + timedelta(days=29)) == 0
    assert Generation.objects.exists()
    assert sweep(now() + timedelta(days=31)) == 1
    assert not Generation.objects.exists()


def test_a_project_that_chose_nothing_keeps_all():
    kept, other = make_project(), make_project()
    make_example(kept)
    make_example(other)
    choose(other, 1, None, now())
    sweep(now() + timedelta(days=1000))
    assert Generation.objects.get().project == kept
    assert not DatasetVersion.objects.exists()


def test_one_sweep_is_bounded(monkeypatch):
    project = make_project()
    for _ in range(5):
        make_example(project)
    choose(project, 1, None, now())
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    monkeypatch.setattr(retention, "TURNS", 2)
    assert sweep(now() + timedelta(days=2)) == 2
    assert Generation.objects.count() == 3


def test_a_choice_is_in_the_ledger_once():
    project, admin = make_project(), None
    choose(project, 90, admin, now())
    with pytest.raises(retention.Unchanged):
        choose(project, 90, admin, now())
    assert LedgerEntry.objects.get(project=project).action == "retention chosen"
