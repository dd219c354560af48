"""The page and the API of what changed between two versions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from curation import changes, labeling
from curation.models import Category
from lib.clock import now
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_frozen, make_refrozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """Version 1 of three rows; version 2 with one in, one out, and one under another category."""
    project = make_project()
    first = make_frozen(project)
    gone, other, _ = (row.example for row in first.rows.order_by("example_id"))
    for example in (gone, other):
        labeling.withdraw(example, by=make_person(), now=now())
        example.refresh_from_db()
    labeling.reject(gone, by=make_person(), reason="wrong", now=now())
    style = Category.objects.get(project=project, slug="style")
    labeling.accept(
        other, by=make_person(), category=style, severity="high", ideal=other.ideal, now=now()
    )
    make_accepted(project, repository="acme/new", client_id="new-one")
    make_refrozen(project)
    return project


def page_of(client, project, number=2, **asked):
    address = reverse("curation:changes", args=[project.slug, number])
    return client.get(address, query_params=asked)


def api_of(client, project, *args, **asked):
    name = "curation:api-changed" if len(args) > 1 else "curation:api-changes"
    return client.get(reverse(name, args=[project.slug, *args]), query_params=asked)


def test_the_page_says_what_came_what_left_and_why(client, project):
    client.force_login(make_reviewer(project))
    text = page_of(client, project).text
    assert "From version 1 to version 2" in text
    assert "3 rows before, 3 now" in text
    assert "had not come in yet" in text
    assert "the correction was wrong too" in text
    assert "Both versions have the same recipe." in text
    assert "Rows in 1" in text
    shown = page_of(client, project, show="category").text
    assert '<span class="t-del">Security</span> → Style' in shown
    assert "The correction was wrong too" in page_of(client, project, show="out").text


def test_figures_are_for_everyone_and_rows_for_those_who_may_read_code(client, project):
    client.force_login(make_person(project, "developer"))
    text = page_of(client, project).text
    assert "the correction was wrong too" in text
    assert "/examples/" not in text
    assert api_of(client, project, 2).status_code == 200
    assert api_of(client, project, 2, "out").status_code == 403


def test_the_first_version_has_nothing_to_be_compared_with(client, project):
    client.force_login(make_reviewer(project))
    assert "There is nothing to compare with" in page_of(client, project, 1).text
    assert api_of(client, project, 1).status_code == 404
    # unless one asks for a later one
    assert "From version 2 to version 1" in page_of(client, project, 1, since=2).text


@pytest.mark.parametrize("since", ["9", "2", "x", "-1", "1" * 30, "²"])
def test_a_version_that_is_not_there_is_not_compared_with(client, project, since):
    client.force_login(make_reviewer(project))
    assert page_of(client, project, since=since).status_code == 404
    answer = api_of(client, project, 2, since=since)
    assert answer.status_code in (404, 400)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_version_of_another_project_is_not_compared_with(client, project):
    other = make_project()
    make_frozen(other, rows=1)
    client.force_login(make_curator(other))
    assert page_of(client, other, 1, since=2).status_code == 404
    assert page_of(client, project).status_code == 404


def test_the_api_tells_figures_and_rows(client, project):
    client.force_login(make_reviewer(project))
    told = api_of(client, project, 2, since=1).json()
    counts = dict.fromkeys(changes.KINDS, 0) | {"in": 1, "out": 1, "category": 1}
    assert told == {
        "since": 1,
        "version": 2,
        "counts": counts,
        "same": 1,
        "left": {"rejected_wrong": 1},
        "came": {"not_there": 1},
        "recipe": [],
        "erased": 0,
    }
    (row,) = api_of(client, project, 2, "out").json()["results"]
    assert (row["after"], row["why"]) == (None, "rejected_wrong")
    assert row["before"]["category"] == "security"
    (row,) = api_of(client, project, 2, "in").json()["results"]
    assert (row["feedback_id"], row["before"], row["why"]) == ("fe_new-one", None, "not_there")
    (row,) = api_of(client, project, 2, "category").json()["results"]
    assert (row["before"]["category"], row["after"]["category"]) == ("security", "style")
    assert api_of(client, project, 2, "nonsense").status_code == 404
    assert api_of(client, project, 2, "in", after="x").status_code == 400


def test_rows_are_told_a_page_at_a_time(client):
    project = make_project()
    make_frozen(project, rows=1)
    for number in range(5):
        make_accepted(project, client_id=f"more-{number}")
    make_refrozen(project)
    client.force_login(make_reviewer(project))
    seen, after = [], ""
    while after is not None:
        page = api_of(client, project, 2, "in", limit=2, after=after).json()
        seen += [row["feedback_id"] for row in page["results"]]
        after = page["after"]
    assert seen == [f"fe_more-{number}" for number in range(5)]


def test_the_page_asks_the_same_number_of_questions_of_any_version(
    client, project, django_assert_num_queries
):
    client.force_login(make_reviewer(project))
    page_of(client, project)
    with CaptureQueriesContext(connection) as few:
        page_of(client, project, since=1)
    for number in range(5):
        make_accepted(project, client_id=f"more-{number}")
    make_refrozen(project)
    with django_assert_num_queries(len(few)):
        page_of(client, project, 3, since=1)
