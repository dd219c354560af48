"""The judge's page: who switches it, what it says leaves the house, and what came of it."""

import pytest
from django.urls import reverse

from curation.models import JudgeChoice, JudgeCount, Vote
from lib.clock import now
from tests.builders import make_admin, make_curator, make_project, make_reviewer
from tests.curation_builders import make_labelled
from tests.reviews_builders import make_task, task_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(settings):
    settings.JUDGE_URL, settings.JUDGE_MODEL = "https://models.example.org/v1", "referee-1"
    settings.JUDGE_KEY = "sk-never-shown"
    return make_project()


def address(project):
    return reverse("reviews:judge", args=[project.slug])


def test_an_admin_lets_it_be_asked_and_takes_that_back(client, project):
    client.force_login(make_admin(project))
    text = client.get(address(project)).text
    assert "referee-1 at models.example.org" in text
    assert "sk-never-shown" not in text
    assert not JudgeChoice.objects.exists()
    assert client.post(address(project), {"on": ""}).status_code == 302
    assert JudgeChoice.objects.get().is_on
    client.post(address(project), {"off": ""})
    assert not JudgeChoice.objects.get().is_on


def test_it_says_so_where_there_is_no_model(client, project, settings):
    settings.JUDGE_URL = ""
    client.force_login(make_admin(project))
    assert "named no model" in client.get(address(project)).text


def test_what_came_of_it_is_counted_and_how_many_wait(client, project):
    make_labelled(project)
    JudgeCount.objects.create(project=project, day=now().date(), outcome="bad_answer", count=3)
    JudgeCount.objects.create(project=make_project(), day=now().date(), outcome="voted", count=9)
    client.force_login(make_admin(project))
    text = client.get(address(project)).text
    assert "Answered with no category" in text
    assert "Voted" not in text
    assert "1 example waits for its opinion." in text


def test_nobody_else_may(client, project):
    for person, status in (
        (make_reviewer(project), 403),
        (make_curator(project), 403),
        (make_admin(make_project()), 404),
    ):
        client.force_login(person)
        assert client.get(address(project)).status_code == status
        assert client.post(address(project), {"on": ""}).status_code == status
    assert not JudgeChoice.objects.exists()


def test_a_reviewer_does_not_see_what_it_said_before_deciding(client, project):
    task = make_task(project)
    Vote.objects.create(
        example=task.example, labeler="judge", reason="A telling sentence.", category=task.category
    )
    client.force_login(make_reviewer(project))
    assert "A telling sentence." not in client.get(task_address(project, task)).text
    example = reverse("curation:example", args=[project.slug, task.example_id])
    assert "A telling sentence." not in client.get(example).text
