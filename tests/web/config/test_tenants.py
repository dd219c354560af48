"""Whatever lives in a project is hidden from everyone outside it: every address, both methods."""

import pytest

from tests import builders
from tests.addresses import every_address

pytestmark = pytest.mark.django_db

IN_PROJECTS = [address for address in every_address() if address.in_a_project]


def both(client, path):
    return client.get(path), client.post(path, {}, "application/json")


def is_api(path):
    return path.startswith(("/api/", "/git/", "/dvc/"))


def test_the_walk_finds_the_addresses():
    names = {address.name for address in IN_PROJECTS}
    assert {"governance:settings", "governance:roles"} <= names


@pytest.mark.parametrize("address", IN_PROJECTS, ids=lambda address: address.name)
def test_nobody_gets_nowhere(client, address):
    path = address.path(slug=builders.make_project().slug)
    for answer in both(client, path):
        if is_api(path):
            assert answer.status_code in (401, 405)
        else:
            assert answer.status_code == 302
            assert answer.url.startswith("/accounts/login/?next=/p/")


@pytest.mark.parametrize("address", IN_PROJECTS, ids=lambda address: address.name)
def test_an_outsider_cannot_tell_the_project_is_there(client, address):
    project = builders.make_project()
    client.force_login(builders.make_admin(builders.make_project()))
    there, absent = address.path(slug=project.slug), address.path(slug="no-such-project")
    answers = [answer.status_code for answer in both(client, there)]
    assert set(answers) <= {404, 405}
    assert 404 in answers
    assert answers == [answer.status_code for answer in both(client, absent)]


@pytest.mark.parametrize("address", IN_PROJECTS, ids=lambda address: address.name)
def test_a_member_who_left_is_an_outsider(client, address):
    project = builders.make_project()
    person = builders.make_admin(project)
    client.force_login(person)
    person.memberships.all().delete()
    answers = [answer.status_code for answer in both(client, address.path(slug=project.slug))]
    assert set(answers) <= {404, 405}
