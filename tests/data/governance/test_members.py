"""Members: added, given other roles, removed; never without an admin, always on the record."""

import pytest

from governance.access import Ability, abilities_of
from governance.members import LastAdmin, PersonUnknown, add_member, set_roles
from governance.models import LedgerEntry, Membership, Role, User
from lib.clock import now
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return builders.make_project()


@pytest.fixture
def admin(project):
    return builders.make_admin(project)


def roles(project, person):
    return set(
        Membership.objects.filter(project=project, user=person).values_list("role", flat=True)
    )


def record_of(project):
    entries = LedgerEntry.objects.filter(project=project).order_by("id")
    return [(each.action, each.subject) for each in entries]


@pytest.mark.parametrize("words", ["username", "email", "EMAIL"])
def test_a_person_is_found_by_name_or_address(project, admin, words):
    noor = builders.make_person()
    name = {"username": noor.username, "email": noor.email, "EMAIL": noor.email.upper()}[words]
    assert add_member(project, name, [Role.CURATOR], admin, now()) == (noor, False)
    assert roles(project, noor) == {Role.CURATOR}
    assert record_of(project) == [("role given", noor.username)]


def test_adding_again_adds_roles_and_takes_none(project, admin):
    noor = builders.make_person(project, Role.CURATOR)
    add_member(project, noor.username, [Role.REVIEWER, Role.CURATOR], admin, now())
    assert roles(project, noor) == {Role.CURATOR, Role.REVIEWER}
    assert record_of(project) == [("role given", noor.username)]


def test_an_unknown_address_gets_an_account_that_no_password_opens(project, admin):
    person, is_new = add_member(project, "ivo@example.com", [Role.DEVELOPER], admin, now())
    assert is_new
    assert person.username == "ivo"
    assert not person.has_usable_password()
    assert record_of(project) == [("account made", "ivo"), ("role given", "ivo")]


def test_a_taken_name_is_followed_by_a_number(project, admin):
    builders.make_person(username="ivo")
    builders.make_person(username="ivo-2")
    person, _ = add_member(project, "ivo@example.com", [Role.DEVELOPER], admin, now())
    assert person.username == "ivo-3"


@pytest.mark.parametrize("words", ["nobody", "@example.com", "nobody@host", ""])
def test_an_unknown_name_is_refused(project, admin, words):
    with pytest.raises(PersonUnknown):
        add_member(project, words, [Role.DEVELOPER], admin, now())
    assert User.objects.count() == 1


def test_an_address_that_two_people_share_is_refused(project, admin):
    two = [builders.make_person().pk, builders.make_person().pk]
    User.objects.filter(pk__in=two).update(email="both@example.com")
    with pytest.raises(PersonUnknown):
        add_member(project, "both@example.com", [Role.DEVELOPER], admin, now())


def test_someone_inactive_is_not_added(project, admin):
    gone = builders.make_person(is_active=False)
    with pytest.raises(PersonUnknown):
        add_member(project, gone.email, [Role.DEVELOPER], admin, now())


def test_changed_roles_are_each_on_the_record(project, admin):
    noor = builders.make_person(project, Role.CURATOR, Role.REVIEWER)
    set_roles(project, noor, [Role.GOVERNANCE_LEAD, Role.REVIEWER], admin, now())
    assert roles(project, noor) == {Role.GOVERNANCE_LEAD, Role.REVIEWER}
    assert record_of(project) == [("role taken", noor.username), ("role given", noor.username)]


def test_no_roles_is_no_member(project, admin):
    noor = builders.make_reviewer(project)
    set_roles(project, noor, [], admin, now())
    assert Ability.SEE not in abilities_of(noor, project)


def test_the_last_admin_stays(project, admin):
    with pytest.raises(LastAdmin):
        set_roles(project, admin, [Role.DEVELOPER], admin, now())
    assert roles(project, admin) == {Role.PROJECT_ADMIN}
    assert record_of(project) == []


def test_an_inactive_admin_does_not_count(project, admin):
    other = builders.make_admin(project)
    other.is_active = False
    other.save(update_fields=["is_active"])
    with pytest.raises(LastAdmin):
        set_roles(project, admin, [], admin, now())


def test_one_of_two_admins_may_go(project, admin):
    builders.make_admin(project)
    set_roles(project, admin, [], admin, now())
    assert roles(project, admin) == set()


def test_an_admin_of_another_project_does_not_count(project, admin):
    builders.make_admin(builders.make_project())
    with pytest.raises(LastAdmin):
        set_roles(project, admin, [], admin, now())
