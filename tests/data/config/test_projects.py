"""A project is opened whole or not at all."""

import pytest
from django.core.management import CommandError, call_command

from config.projects import SlugRefused, open_project
from curation.models import Category
from governance.models import LedgerEntry, Membership, Project, Role
from lib.clock import now
from tests.builders import make_person

pytestmark = pytest.mark.django_db


def test_a_new_project_has_its_categories_its_admin_and_an_entry_in_the_ledger():
    person = make_person()
    project = open_project("payments", "Payments", person, now())
    assert [c.slug for c in Category.objects.filter(project=project, parent=None)] == [
        "security",
        "logic",
        "performance",
        "style",
        "other",
    ]
    membership = Membership.objects.get(project=project)
    assert (membership.user, membership.role) == (person, Role.PROJECT_ADMIN)
    entry = LedgerEntry.objects.get(project=project)
    assert (entry.actor, entry.action, entry.subject) == (person, "project opened", "payments")


def test_a_taken_slug_leaves_the_first_project_as_it_was():
    person, other = make_person(), make_person()
    open_project("payments", "Payments", person, now())
    with pytest.raises(SlugRefused, match="already"):
        open_project("payments", "Mine now", other, now())
    assert Project.objects.get().name == "Payments"
    assert not Membership.objects.filter(user=other).exists()


@pytest.mark.parametrize(
    "slug", ["", "Pay", "pay ments", "../x", "-x", "a" * 64, "pay\n", "zahlün"]
)
def test_a_slug_that_cannot_stand_in_an_address_is_refused(slug):
    with pytest.raises(SlugRefused):
        open_project(slug, "Payments", make_person(), now())
    assert not Project.objects.exists()


def test_the_command_opens_a_project_and_says_where(capsys):
    make_person(username="ada")
    call_command("create_project", "payments", name="Payments", admin="ada")
    assert "/p/payments/" in capsys.readouterr().out
    with pytest.raises(CommandError, match="already"):
        call_command("create_project", "payments", name="Payments", admin="ada")


def test_the_command_wants_an_active_account():
    make_person(username="gone", is_active=False)
    for name in ("gone", "nobody"):
        with pytest.raises(CommandError, match="no active account"):
            call_command("create_project", "payments", name="Payments", admin=name)
    assert not Project.objects.exists()
