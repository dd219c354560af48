"""How much is taken and stays, by model, language, client and repository, and over the weeks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config.taken import MOST, WEEKS
from governance.access import ABILITIES, Ability
from governance.models import Role
from lib.clock import now
from tests.builders import make_admin, make_person, make_project, make_reviewer
from tests.explorer_builders import make_key, tell

pytestmark = pytest.mark.django_db
READERS = [role for role in Role.values if Ability.READ_CODE in ABILITIES[role]]


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def key(project):
    return make_key(project)


@pytest.fixture
def reader(client, project):
    client.force_login(make_reviewer(project))


def see(client, project, **query):
    return client.get(reverse("acceptance", args=[project.slug]), query)


def rows(answer, key, share="accepted"):
    """The table of one plot: name, note, share, interval, seen."""
    (apart,) = [each for each in answer.context["seen"].apart if each.key == key]
    plot = getattr(apart, share)
    return plot.table.rows if plot else None


def at(days):
    return {"occurred_at": (now() - timedelta(days=days)).isoformat()}


def survived(value, days=1):
    return "survived", {"value": value, **at(days)}


def test_nobody_and_outsiders_see_nothing(client, project):
    assert see(client, project).status_code == 302
    client.force_login(make_admin(make_project()))
    assert see(client, project).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_only_who_may_read_code_sees_it(client, project, role):
    client.force_login(make_person(project, role))
    assert see(client, project).status_code == (200 if role in READERS else 403)


def test_nothing_told_says_so(client, project, reader):
    answer = see(client, project)
    assert answer.text.count("Nothing was told in these weeks") == 10


def test_both_shares_by_everything(client, project, key, reader):
    tell(key, ("accepted", at(1)), survived(0.5), model_name="m", language="go", repository="a")
    tell(key, ("rejected", at(9)), model_name="n", language="go", repository="b")
    answer = see(client, project)
    assert [row[:3] for row in rows(answer, "language")] == [("go", "2, a first hint", "50.0 %")]
    assert [(row[0], row[2]) for row in rows(answer, "model")] == [("m", "100.0 %"), ("n", "0.0 %")]
    assert [(row[0], row[2]) for row in rows(answer, "model", "survived")] == [("m", "50.0 %")]
    assert [row[0] for row in rows(answer, "repository")] == ["a", "b"]
    assert [row[0] for row in rows(answer, "client")] == [key.name]
    weeks = answer.context["seen"].accepted.weeks.table.rows
    assert [row[1] for row in weeks[-2:]] == ["0 %", "100 %"]
    assert {row[1] for row in weeks[:-2]} == {"No data"}


def test_many_are_no_first_hint(client, project, key, reader):
    for _ in range(30):
        tell(key, ("accepted", at(1)), model_name="m")
    assert rows(see(client, project), "model")[0][1] == "30 generations"


def test_the_filters_hold_and_what_is_no_filter_here_does_not(client, project, key, reader):
    tell(key, ("accepted", at(1)), language="go", model_name="m")
    tell(key, ("rejected", at(1)), language="rust", model_name="m")
    answer = see(client, project, language="go", outcome="rejected", since="2000-01-01")
    assert [row[0] for row in rows(answer, "language")] == ["go"]
    assert [chip.value for chip in answer.context["asked"].chips()] == ["go"]


def test_what_was_told_before_these_weeks_does_not_count(client, project, key, reader):
    tell(key, ("accepted", at(7 * WEEKS + 1)), model_name="m")
    assert rows(see(client, project), "model") is None


def test_those_with_the_most_are_drawn_and_the_others_counted(client, project, key, reader):
    for n in range(MOST + 2):
        tell(key, ("accepted", at(1)), model_name=f"m{n}")
    answer = see(client, project)
    assert len(rows(answer, "model")) == MOST
    assert "2 more with fewer generations" in answer.text


def test_another_projects_feedback_does_not_count(client, project, reader):
    tell(make_key(make_project()), ("accepted", at(1)), model_name="theirs")
    assert rows(see(client, project), "model") is None


def test_a_name_is_inert(client, project, key, reader):
    tell(key, ("accepted", at(1)), model_name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in see(client, project).text
