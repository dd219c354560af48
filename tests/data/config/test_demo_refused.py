"""Where the demo is not loaded: somebody's own database, other settings, a load that fails."""

import pytest
from django.core.management import CommandError, call_command

from config.demo import load as loading
from config.demo.content import read
from config.demo.load import load
from config.demo.presence import NoPlaceForADemo
from governance.models import LedgerEntry, Project, User
from lib.clock import now
from tests.builders import make_person, make_project

pytestmark = pytest.mark.django_db


def test_a_database_with_a_project_of_its_own_is_left_alone():
    project = make_project()
    with pytest.raises(CommandError, match=project.slug):
        call_command("load_demo")
    assert Project.objects.get() == project
    assert not User.objects.exists()


def test_an_account_with_a_demo_name_is_left_alone():
    make_person(username=read().people[0].username)
    with pytest.raises(NoPlaceForADemo, match="accounts"):
        load(now())
    assert not Project.objects.exists()


def test_settings_that_do_not_allow_the_demo_refuse_it(settings):
    settings.DEMO_ALLOWED = False
    with pytest.raises(NoPlaceForADemo, match="settings"):
        load(now())
    assert not User.objects.exists()


def test_a_load_that_fails_half_way_leaves_nothing(monkeypatch):
    def dies(*_):
        raise RuntimeError("killed")

    for acts in [name for name in vars(loading) if name.endswith("_acts")]:
        monkeypatch.setattr(loading, acts, lambda stage: [])
    monkeypatch.setattr(loading, "catch_up", dies)
    with pytest.raises(RuntimeError):
        load(now())
    assert not User.objects.exists()
    assert not LedgerEntry.objects.exists()
