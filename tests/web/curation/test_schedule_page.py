"""The page of a project's schedule."""

import pytest
from django.urls import reverse

from curation.models import FreezeSchedule
from tests.builders import make_curator, make_project, make_reviewer

pytestmark = pytest.mark.django_db


def address(project):
    return reverse("curation:schedule", args=[project.slug])


def test_a_curator_sets_it_and_sees_it(client):
    project = make_project()
    client.force_login(make_curator(project))
    assert 'value="never"' in client.get(address(project)).text
    sent = client.post(address(project), {"every": "decisions", "decisions": 50})
    assert sent.status_code == 302
    assert FreezeSchedule.objects.get().decisions == 50
    assert 'value="50"' in client.get(address(project)).text


@pytest.mark.parametrize(
    "sent", [{"every": "hourly", "decisions": 1}, {"every": "night", "decisions": 0}, {"every": ""}]
)
def test_what_is_no_schedule_is_refused(client, sent):
    project = make_project()
    client.force_login(make_curator(project))
    assert client.post(address(project), sent).status_code == 422
    assert not FreezeSchedule.objects.exists()


def test_nobody_else_may(client):
    project = make_project()
    for person, status in ((make_reviewer(project), 403), (make_curator(make_project()), 404)):
        client.force_login(person)
        assert client.get(address(project)).status_code == status
        sent = client.post(address(project), {"every": "night", "decisions": 1})
        assert sent.status_code == status
    assert not FreezeSchedule.objects.exists()
