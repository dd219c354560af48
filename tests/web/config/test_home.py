"""The first pages: one's projects, and the overview of one at a glance."""

import pytest
from django.urls import reverse

from governance.models import Role
from lib.clock import now
from reviews import queue, verdicts
from tests.builders import (
    make_curator,
    make_lead,
    make_person,
    make_project,
    make_reviewer,
)
from tests.curation_builders import make_frozen
from tests.deployments_builders import approve, make_live, make_promotion
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db
SECRET = "def secret_sauce(): return 41\n"


def see(client, person, project, **query):
    client.force_login(person)
    return client.get(reverse("overview", args=[project.slug]), query)


def test_nobody_is_asked_to_log_in(client):
    project = make_project()
    for address in ("/", f"/p/{project.slug}/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_an_outsider_cannot_tell_that_the_project_exists(client):
    project = make_project()
    assert see(client, make_person(), project).status_code == 404
    client.force_login(make_person(is_superuser=True, is_staff=True))
    assert client.get(f"/p/{project.slug}/").status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_every_member_may_see_the_overview(client, role):
    project = make_project()
    assert see(client, make_person(project, role), project).status_code == 200


def test_a_person_with_one_project_is_taken_straight_to_it(client):
    project = make_project()
    client.force_login(make_reviewer(project))
    assert client.get("/")["Location"] == f"/p/{project.slug}/"


def test_a_person_with_several_projects_chooses(client):
    one, two, foreign = make_project(), make_project(), make_project()
    person = make_reviewer(one)
    person.memberships.create(project=two, role=Role.CURATOR)
    client.force_login(person)
    page = client.get("/").text
    assert f"/p/{one.slug}/" in page
    assert f"/p/{two.slug}/" in page
    assert foreign.slug not in page


def test_a_person_without_a_project_is_told_what_to_do(client):
    client.force_login(make_person())
    assert "Ask the admin" in client.get("/").text


def test_an_empty_project_says_what_is_missing_everywhere(client):
    project = make_project()
    page = see(client, make_reviewer(project), project).text
    for words in (
        "No correction accepted yet",
        "Nothing waits",
        "No data yet in 7 days",
        "No correction came in",
        "Nothing is live yet",
        "No dataset version yet",
        "the queue is empty",
        "no model is live",
    ):
        assert words in page, words
    assert 'role="img"' not in page


def test_the_page_shows_what_came_of_the_work(client):
    project = make_project()
    version = make_frozen(project, rows=3)
    task, _ = make_tasks(project, 2)
    reviewer = make_reviewer(project)
    task = queue.claim_task(task, reviewer, now())
    verdicts.accept(task, queue.lease_of(task), now(), category=task.category)
    endpoint = make_live(project=project)
    page = see(client, reviewer, project).text
    assert "1 reviewed today" in page
    assert "Review 1 correction" in page
    assert "Corrections accepted per week" in page
    assert f"v{version.number}" in page
    assert str(endpoint.live) in page
    assert page.count("Show table") == 2


@pytest.mark.parametrize("period", ["24h", "7d", "12w"])
def test_the_period_is_in_the_address(client, period):
    project = make_project()
    page = see(client, make_reviewer(project), project, period=period).text
    assert f'href="?period={period}" class="is-on" aria-current="true"' in page


@pytest.mark.parametrize("period", ["", "1y", "7d'--", "\x00", "٧d"])
def test_a_period_nobody_offers_is_the_usual_one(client, period):
    project = make_project()
    response = see(client, make_reviewer(project), project, period=period)
    assert 'href="?period=7d" class="is-on"' in response.text


def test_a_developer_sees_figures_and_no_code(client):
    project = make_project()
    make_task(project, output=SECRET, comment="the comment nobody should read")
    page = see(client, make_person(project, Role.DEVELOPER), project).text
    assert "Review 1 correction" in page
    assert reverse("reviews:queue", args=[project.slug]) not in page
    for private in ("secret_sauce", "the comment nobody", "settings/load.py", "acme/billing"):
        assert private not in page


def test_nothing_of_another_project_is_counted(client):
    project, other = make_project(), make_project()
    make_task(other)
    make_live(project=other)
    page = see(client, make_reviewer(project), project).text
    assert "Nothing waits" in page
    assert "Nothing is live yet" in page


def turns(client, person, project):
    """The reader's own list, and the rest."""
    page = see(client, person, project).text
    mine, _, others = page.partition("Your turn")[2].partition("todo-h")
    return mine, others


def test_a_promotion_waits_for_a_lead_until_they_sign(client):
    project = make_project()
    lead, second = make_lead(project), make_lead(project)
    promotion = make_promotion(project)
    title = f"Sign off {promotion.model_version}"
    assert title in turns(client, lead, project)[0]
    approve(promotion, lead)
    page = see(client, lead, project).text
    assert "Your turn" not in page
    assert "1 of 2 signatures given" in page
    assert title in turns(client, second, project)[0]
    approve(promotion, second)
    assert f"Promote {promotion.model_version}" in turns(client, lead, project)[0]


def test_a_promotion_does_not_wait_for_who_proposed_it(client):
    project = make_project()
    person = make_lead(project)
    person.memberships.create(project=project, role=Role.CURATOR)
    make_promotion(project, by=person)
    assert "Your turn" not in see(client, person, project).text


def test_what_was_escalated_waits_for_curators(client):
    project = make_project()
    reviewer = make_reviewer(project)
    task = queue.claim_task(make_task(project), reviewer, now())
    verdicts.escalate(task, queue.lease_of(task), now())
    page = see(client, reviewer, project).text
    assert "Your turn" not in page
    assert "Decide 1 correction passed on by reviewers" in page
    assert "Decide 1 correction" in turns(client, make_curator(project), project)[0]


def test_the_overview_takes_the_same_queries_however_much_there_is(
    client, django_assert_num_queries
):
    project = make_project()
    person = make_lead(project)
    client.force_login(person)
    make_frozen(project, rows=2)
    address = reverse("overview", args=[project.slug])
    client.get(address)
    with django_assert_num_queries(20):
        client.get(address)
    make_tasks(project, 30)
    make_live(project=project)
    make_live(project=project, endpoint="chat")
    with django_assert_num_queries(20):
        client.get(address)


def test_only_the_first_open_promotions_are_looked_into(client, django_assert_max_num_queries):
    project = make_project()
    for number in range(6):
        make_promotion(project, endpoint=f"endpoint-{number}")
    client.force_login(make_lead(project))
    with django_assert_max_num_queries(45):
        page = client.get(reverse("overview", args=[project.slug])).text
    assert page.count("Sign off ember-7b") == 3


def test_pages_only_answer_reads(client):
    project = make_project()
    client.force_login(make_reviewer(project))
    for address in ("/", f"/p/{project.slug}/"):
        assert client.post(address).status_code == 405
        assert client.head(address).status_code in (200, 302)


def test_the_old_name_of_the_icon_leads_to_it(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer.url.endswith(".svg")
    assert "max-age" in answer.headers["Cache-Control"]
    picture = client.get(answer.url)
    assert picture.headers["Content-Type"] == "image/svg+xml"
    picture.close()
