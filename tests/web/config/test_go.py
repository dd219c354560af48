"""Where a person may go, and never further."""

import pytest

from tests import builders
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def names(client, **query):
    goals = client.get("/go", query, headers=JSON).json()["goals"]
    return [goal["name"] for goal in goals]


def test_nobody_is_asked_to_log_in(client):
    assert client.get("/go").url.startswith("/accounts/login/")


def test_a_member_finds_places_and_items_by_number_and_path(client):
    project = builders.make_project()
    task = make_task(project, file_path="billing/rates.py")
    client.force_login(builders.make_reviewer(project))
    here = {"project": project.slug}
    assert {"Review", "Datasets", project.name, "Keys"} <= set(names(client, **here))
    assert "Settings" not in names(client, **here)
    for words in (str(task.pk), f"#{task.pk}", "RATES"):
        assert f"billing/rates.py #{task.pk}" in names(client, q=words, **here)
    page = client.get("/go", {"q": "rates", **here}).text
    assert "billing/rates.py" in page
    assert "Nothing is called that" in client.get("/go", {"q": "no such thing"}).text


def test_an_outsider_and_a_developer_find_no_item(client):
    project = builders.make_project()
    task = make_task(project)
    for person in (
        builders.make_reviewer(builders.make_project()),
        builders.make_person(project, "developer"),
    ):
        client.force_login(person)
        found = names(client, q=str(task.pk), project=project.slug)
        assert not [name for name in found if f"#{task.pk}" in name]
