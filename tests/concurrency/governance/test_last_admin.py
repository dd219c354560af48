"""Two admins remove each other at the same moment: one of them stays."""

import pytest

from governance import members
from governance.members import LastAdmin, set_roles
from governance.models import Membership, Role
from lib.clock import now
from tests import builders
from tests.race import Gate, Run

pytestmark = pytest.mark.django_db(transaction=True)


def remove_each_other(monkeypatch):
    """The first is held between its check and its write; the second comes meanwhile."""
    project = builders.make_project()
    one, two = builders.make_admin(project), builders.make_admin(project)
    gate, ask = Gate(), members._other_admins
    found = []

    def asked(project, person):
        answer = ask(project, person)
        found.append(person)
        return gate.before(lambda: answer)() if len(found) == 1 else answer

    monkeypatch.setattr(members, "_other_admins", asked)
    first = Run(set_roles, project, one, [], two, now())
    gate.wait_until_reached()
    second = Run(set_roles, project, two, [], one, now())
    waited = not second.done_within(0.5)
    gate.open()
    results = [first.result(), second.result()]
    left = Membership.objects.filter(project=project, role=Role.PROJECT_ADMIN).count()
    return left, waited, results


def test_one_admin_stays(monkeypatch):
    left, waited, results = remove_each_other(monkeypatch)
    assert left == 1
    assert waited
    assert [type(each) for each in results] == [type(None), LastAdmin]


def test_without_the_lock_nobody_would_stay(monkeypatch):
    monkeypatch.setattr(members, "_lock", lambda project: None)
    left, waited, _ = remove_each_other(monkeypatch)
    assert left == 0
    assert not waited
